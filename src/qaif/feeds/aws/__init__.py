"""The AWS public dataset of the chain, as a folder of Parquet files."""
