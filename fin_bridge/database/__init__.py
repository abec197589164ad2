"""Our side of the database: its clock, its connection, our fields and our SQL."""
