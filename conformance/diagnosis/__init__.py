"""The diagnosis of a result that is not the expected one."""
