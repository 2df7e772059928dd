"""What bbbmig talks about and decides, with no input or output: values in, values out."""
