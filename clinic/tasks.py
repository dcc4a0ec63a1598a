"""Two ticks without arguments. Losing or repeating one changes only latency."""
