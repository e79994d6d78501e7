"""What a task is: the API's messages as typed structs, its enums and status codes, and the rules of a valid task.

No I/O happens here. Client, service, widgets and frames share this one definition.
"""
