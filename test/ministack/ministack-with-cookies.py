"""MiniStack, with what its HTTP APIs leave out of an event (payload 2.0): the cookies, in a list of their own."""

from ministack import app
from ministack.services import lambda_svc

invoke = lambda_svc._execute_function_with_config_scope


def invoke_with_cookies(function, event):
    cookie = event.get("headers", {}).get("cookie") if event.get("version") == "2.0" else None
    return invoke(function, {**event, "cookies": cookie.split("; ")} if cookie else event)


lambda_svc._execute_function_with_config_scope = invoke_with_cookies
app.main()
