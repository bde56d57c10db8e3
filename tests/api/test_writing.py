"""Writing over HTTP: the checks of the command line, authors, two editors on one entry."""

from __future__ import annotations

import json
import threading

import httpx

from comity.opened import OpenRecord
from tests.api.conftest import Served
from tests.record.build import event

API = "/api/v1"


def add(client: httpx.Client, *entries: object, **more: object) -> httpx.Response:
    return client.post(f"{API}/entries", json={"entries": list(entries), **more})


def test_an_entry_is_added_revised_and_retracted(served: Served) -> None:
    with served.client("editor") as client:
        made = add(client, event("one"), why="to begin")
        assert made.status_code == 201, made.text
        assert made.headers["location"] == f"{API}/entries/one"
        number = made.json()["entries"][0]["received"]
        fields = client.get(f"{API}/entries/one/fields")
        assert fields.json() == {"received": number, "fields": event("one")}
        changed = client.patch(
            f"{API}/entries/one",
            json={"fields": {"title": "better"}, "why": "it was not good"},
            headers={"If-Match": fields.headers["etag"]},
        )
        assert changed.status_code == 200, changed.text
        assert changed.json()["changed"] == [{"field": "title", "before": "one", "after": "better"}]
        gone = client.post(
            f"{API}/entries/one/retract",
            json={"why": "a mistake"},
            headers={"If-Match": changed.headers["etag"]},
        )
        assert gone.status_code == 200, gone.text
        history = client.get(f"{API}/entries/one/history").json()["items"]
        assert client.get(f"{API}/entries/one").status_code == 404
    assert [(row["op"], row["author"], row["why"]) for row in history] == [
        ("add", "ann-editor", "to begin"),
        ("revise", "ann-editor", "it was not good"),
        ("retract", "ann-editor", "a mistake"),
    ]


def test_the_second_of_two_editors_gets_both_versions(served: Served) -> None:
    with served.client("editor") as client:
        add(client, event("one"))
        tag = client.get(f"{API}/entries/one").headers["etag"]

        def revise(title: str) -> httpx.Response:
            return client.patch(
                f"{API}/entries/one",
                json={"fields": {"title": title}, "why": "better"},
                headers={"If-Match": tag},
            )

        assert revise("mine").status_code == 200
        late = revise("yours")
        assert late.status_code == 412
        told = late.json()
        assert told["error"] == "StaleError"
        assert told["status"] == 412
        assert told["base"]["fields"]["title"] == "one"
        assert told["current"]["fields"]["title"] == "mine"
        again = client.patch(
            f"{API}/entries/one",
            json={"fields": {"title": "yours"}, "why": "having seen mine"},
            headers={"If-Match": f'"{told["current"]["received"]}"'},
        )
        assert again.status_code == 200


def test_of_many_editors_at_once_one_wins(served: Served) -> None:
    with served.client("editor") as client:
        add(client, event("one"))
        tag = client.get(f"{API}/entries/one").headers["etag"]
        statuses: list[int] = []

        def revise(number: int) -> None:
            done = client.patch(
                f"{API}/entries/one",
                json={"fields": {"title": f"title {number}"}, "why": "race"},
                headers={"If-Match": tag},
            )
            statuses.append(done.status_code)

        threads = [threading.Thread(target=revise, args=(n,)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [200] + [412] * 11
        assert len(client.get(f"{API}/entries/one/history").json()["items"]) == 2


def test_a_change_that_names_no_revision_is_refused(served: Served) -> None:
    with served.client("editor") as client:
        add(client, event("one"))
        body = {"fields": {"title": "x"}, "why": "y"}
        for given in (None, "*", '"abc"', "378", '"-1"', '"1e3"'):
            headers = {} if given is None else {"If-Match": given}
            done = client.patch(f"{API}/entries/one", json=body, headers=headers)
            assert done.status_code == 428, given
        done = client.patch(f"{API}/entries/one", json=body, headers={"If-Match": '"999"'})
        assert done.status_code == 412
        assert done.json()["base"] is None


def test_bad_entries_are_refused_with_all_problems_and_change_nothing(served: Served) -> None:
    bad = {**event("bad"), "on": "soon", "colour": "red"}
    deep: object = "x"
    for _ in range(40):
        deep = [deep]
    cases = {
        "two problems": bad,
        "null": {**event("null"), "title": None},
        "deep": {**event("deep"), "title": deep},
        "a lone surrogate": {**event("lone"), "title": "a\ud800b"},
        "a control": {**event("control"), "title": "a\u0000b"},
        "not there": {**event("issue"), "issues": ["nothing"]},
        "a number of 400 digits": {**event("long"), "title": 10**400},
    }
    with served.client("editor") as client, OpenRecord(served.store) as opened:
        for name, entry in cases.items():
            raw = json.dumps({"entries": [event("fine"), entry]})
            done = client.post(
                f"{API}/entries", content=raw, headers={"Content-Type": "application/json"}
            )
            if name == "a number of 400 digits":
                assert done.status_code in (201, 422)
                continue
            assert done.status_code == 422, (name, done.text)
            assert {"error", "what", "where", "mend", "status"} <= set(done.json())
            assert opened.log.last_received() == 0
            if name == "two problems":
                fields = {one["where"]["field"] for one in done.json()["problems"]}
                assert fields == {"on", "colour"}


def test_words_in_json_mean_what_they_say(served: Served) -> None:
    """Nothing is guessed: text stays text, numbers keep their digits."""
    with served.client("editor") as client:
        raw = json.dumps({"entries": [event("no")]}).replace('"title": "no"', '"title": 1.10')
        done = client.post(
            f"{API}/entries", content=raw, headers={"Content-Type": "application/json"}
        )
        assert done.status_code == 201, done.text
        assert client.get(f"{API}/entries/no/fields").json()["fields"]["title"] == "1.10"


def test_script_in_text_comes_back_as_text(served: Served) -> None:
    script = "<script>alert(1)</script>"
    with served.client("editor") as client:
        add(client, event("one", title=script, summary=script))
        shown = client.get(f"{API}/entries/one")
        assert shown.json()["title"] == script
        assert shown.headers["content-type"] == "application/json"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in shown.headers["content-security-policy"]


def test_the_author_cannot_be_chosen(served: Served) -> None:
    forged = event("one", revision={"author": "somebody else", "recorded": "2001-01-01T00:00:00Z"})
    with served.client("editor") as client:
        done = add(client, forged)
        if done.status_code == 201:
            row = client.get(f"{API}/entries/one/history").json()["items"][0]
            assert row["author"] == "ann-editor"
            assert row["recorded"] > "2020"
