"""Small programs that use askms, run by the tests."""
