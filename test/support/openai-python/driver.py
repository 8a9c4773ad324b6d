"""Does with the OpenAI package what each line of its input asks for, and answers with a line of what came of it."""

import json
import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1], api_key="any", max_retries=1)


def document(body):
    return client.chat.completions.create(**body).model_dump()


def stream(body, leave_after=None, tell_after=None):
    """The chunks of a raw stream. Leaves it after so many; says so, on a line of its own, when so many have come."""
    chunks = []
    # Without `with` a stream that is left stays open until the garbage collector comes.
    with client.chat.completions.create(stream=True, **body) as opened:
        for chunk in opened:
            chunks.append(chunk.model_dump(exclude_unset=True))
            if len(chunks) == tell_after:
                print(json.dumps({"result": tell_after}), flush=True)
            if len(chunks) == leave_after:
                break
    return chunks


def helper(body):
    """What the package's own accumulator makes of a stream."""
    with client.chat.completions.stream(**body) as events:
        for _ in events:
            pass
        return events.get_final_completion().model_dump()


def lines(body):
    """The stream as it came over the wire."""
    opened = client.chat.completions.with_streaming_response.create(stream=True, **body)
    with opened as response:
        return list(response.iter_lines())


def models():
    return [model.id for model in client.models.list()]


def answer(command, arguments):
    try:
        return {"result": globals()[command](**arguments)}
    except openai.APIError as error:
        return {
            "error": {
                "class": type(error).__name__,
                "message": error.message,
                "status": getattr(error, "status_code", None),
                "request_id": getattr(error, "request_id", None),
                "code": error.code,
                "param": error.param,
                "type": error.type,
            }
        }
    except Exception as error:  # whatever the package lets through
        return {"error": {"class": type(error).__name__, "message": str(error)}}


for line in sys.stdin:
    print(json.dumps(answer(*json.loads(line))), flush=True)
