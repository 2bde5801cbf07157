"""The only place that knows the order of the rooms: steps, jobs, schedule."""
