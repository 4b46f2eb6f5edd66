"""What ``/netstats`` answers: periods, sums, gaps and the chart."""
