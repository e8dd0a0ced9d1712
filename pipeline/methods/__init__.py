"""The methods, in the chapters of the paper: one folder a method, found by `discover`. Nothing else
lists them."""
