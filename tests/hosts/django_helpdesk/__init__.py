"""django-helpdesk as it is installed from the package index, with all of its pages."""
