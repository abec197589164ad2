// The inbox lists what moves by itself.

import { keepLive } from "./live.js";

keepLive();
