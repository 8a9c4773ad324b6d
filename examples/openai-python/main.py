import os

from openai import NotFoundError, OpenAI

url = os.environ.get("MILLRACE_URL", "http://localhost:3000")
key = os.environ.get("MILLRACE_KEY", "none")

client = OpenAI(base_url=f"{url}/v1", api_key=key)
question = [{"role": "user", "content": "What is 17 * 23?"}]

# The server's own tools, by the names of its MCP servers. `with` ends the run when the loop is left; `break` alone does not.
servers = {"mcp_servers": ["builtin"]}
with client.chat.completions.create(model="demo", messages=question, stream=True, extra_body=servers) as chunks:
    answer = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
assert "391" in answer, answer

# Errors have their status, code and field.
try:
    client.chat.completions.create(model="nope", messages=question)
    raise AssertionError("an unknown model was taken")
except NotFoundError as error:
    assert error.code == "model_not_found", error.code
