"""The receiver in a FastAPI application.

    pip install -r requirements.txt         (Debian: python3-fastapi, uvicorn)
    ACTIONS_KEY=whsec_... uvicorn app:app --port 3000
"""
import os

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from actions import Actions, verify

KEY = os.environ["ACTIONS_KEY"]
app, actions = FastAPI(), Actions()


def signed(request, content):
    return verify(KEY, request.headers, content)


@app.post("/security/actions")
async def take(request: Request):
    body = await request.body()  # a signature is over bytes, not over what JSON makes of them
    if not signed(request, body):
        return JSONResponse({"error": "the signature does not hold"}, 401)
    status, what = actions.take(request.headers["webhook-id"], body)
    return JSONResponse(what, status)


@app.get("/security/actions")
async def state(request: Request):
    if not signed(request, request.url.query.encode()):
        return JSONResponse({"error": "the signature does not hold"}, 401)
    asked = request.query_params
    return actions.state(asked.get("action"), asked.get("kind"), asked.get("entity"))


@app.get("/account/{name}")
async def account(name: str):
    """The rest of the application: whoever is locked is turned away, wherever he is."""
    if any(actions.holds(action, "user", name) for action in ("LOCK_ACCOUNT", "SUSPEND_USER")):
        return JSONResponse({"error": "this account is locked for now"}, 423)
    return {"account": name}


if os.environ.get("ACTIONS_TEST"):
    @app.post("/forget")
    async def forget():
        actions.forget()
        return {}
