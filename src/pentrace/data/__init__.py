"""Data sets: lines in Parquet files, IAM-OnDB, and the score in nats a point."""
