"""Users, apps and collaborators."""

from __future__ import annotations

import pytest


def test_me(api):
    user = api.ok("GET", "/v2/users/me")["user"]
    assert user["id"] == api.user_id
    assert user["created_at"].endswith("Z")


def test_unknown_user(api):
    assert api("GET", "/v2/users/nobody").http == 404


def test_me_in_a_path_is_the_caller(api):
    assert api.ok("GET", f"/v2/users/me/apps/{api.app.id}")["app"]["user_id"] == api.user_id


@pytest.mark.embedded("nobody signs up here, so users are made by inviting them")
def test_adding_collaborators_makes_users(api):
    added = [{"user": {"id": "gil", "first_name": "Gil"}}, {"user": {"id": "hans/7"}}]
    made = api.ok("POST", "/collaborators", {"collaborators": added})["collaborators"]
    assert [one["user"]["id"] for one in made] == ["gil", "hans/7"]
    listed = api.ok("GET", "/collaborators")
    assert [one["user"].get("first_name") for one in listed["collaborators"]] == ["Gil", None]
    assert listed["app_owner"]["id"] == api.app.owner_id


def test_adding_a_collaborator_again_changes_nothing(api):
    for _ in range(2):
        api.ok("POST", "/collaborators", {"collaborators": [{"user": {"id": "ann"}}]})
    assert len(api.ok("GET", "/collaborators")["collaborators"]) == 1


def test_only_the_owner_adds_collaborators(api):
    ann = api.collaborator("ann")
    reply = ann("POST", "/collaborators", {"collaborators": [{"user": {"id": "bob"}}]})
    assert (reply.http, reply.code) == (403, 11007)
    assert [one["user"]["id"] for one in ann.ok("GET", "/collaborators")["collaborators"]] == ["ann"]


def test_one_bad_collaborator_keeps_all_out(api):
    people = [{"user": {"id": "ann"}}, {"user": {"id": ""}}]
    assert api("POST", "/collaborators", {"collaborators": people}).http == 400
    assert api.ok("GET", "/collaborators")["collaborators"] == []


def test_the_owner_is_no_collaborator(api):
    reply = api("POST", "/collaborators", {"collaborators": [{"user": {"id": api.app.owner_id}}]})
    assert "owns the app" in reply.details


def test_a_collaborator_works_in_the_app(api):
    api.collaborator("ann").ok("GET", "/inputs")


def test_apps(api):
    one = api.app.id + "-new"
    made = api.ok("POST", "/v2/users/me/apps", {"apps": [{"id": one, "description": "d"}]})["apps"]
    assert (made[0]["id"], made[0]["description"], made[0]["user_id"]) == (one, "d", api.user_id)
    again = api("POST", "/v2/users/me/apps", {"apps": [{"id": one + "-other"}, {"id": one}]})
    assert (again.http, again.code) == (409, 40010)
    listed = [app["id"] for app in api.ok("GET", "/v2/users/me/apps", per_page=1000)["apps"]]
    assert one in listed
    assert one + "-other" not in listed


def test_apps_are_made_for_oneself_only(api):
    reply = api.collaborator("ann")("POST", f"/v2/users/{api.app.owner_id}/apps", {"apps": [{"id": "mine"}]})
    assert reply.code == 11007


def test_others_see_shared_apps_only(api):
    ann = api.collaborator("viewer-" + api.app.id)
    assert [app["id"] for app in ann.ok("GET", f"/v2/users/{api.app.owner_id}/apps")["apps"]] == [api.app.id]
