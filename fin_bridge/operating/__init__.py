"""What an operator asks and does: health, deliveries, handovers that wait."""
