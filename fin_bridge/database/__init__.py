"""Our side of the database: its clock, its connections, our fields and our SQL."""
