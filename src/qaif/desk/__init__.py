"""Jobs: gathering a case from an explorer."""
