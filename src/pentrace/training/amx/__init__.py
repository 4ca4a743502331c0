"""An optional faster path for processors with AMX: the recurrence and the read-out in C++."""
