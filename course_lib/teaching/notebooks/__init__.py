"""What handles notebooks: running them for the record, comparing what they print and draw, the rules that they keep."""
