"""The audit of mechanical overlap: which raw indicator stands in several parts."""
