"""Model archives: read as a stream, nothing extracted, checked against what containers expect."""
