"""The monthly rhythm: notebooks are run, a page is built, a folder is published."""
