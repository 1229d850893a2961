import pytest

from screens import commands
from triage.errors import ConfigError


@pytest.mark.parametrize("where", commands.BOTH)
def test_no_key_means_two_things_on_one_screen(where):
    keys = [key for command in commands.COMMANDS if where in command.where for key in command.keys.split(",")]
    assert len(keys) == len(set(keys))


def test_a_key_on_both_screens_means_the_same():
    """Moving back is the one exception the keys table makes: `q` quits on the queue."""
    queue = {key: c.id for c in commands.COMMANDS if "queue" in c.where for key in c.keys.split(",")}
    reader = {key: c.id for c in commands.COMMANDS if "reader" in c.where for key in c.keys.split(",")}
    differing = {key for key in queue.keys() & reader.keys() if queue[key] != reader[key]}
    assert differing == {"q", "escape", "h", "left"}


def test_ids_are_unique():
    ids = [command.id for command in (*commands.COMMANDS, commands.QUIT)]
    assert len(ids) == len(set(ids))


def test_a_and_d_stay_unbound():
    assert {c.keys for c in commands.COMMANDS if c.action.startswith("unbound")} == {"a", "d"}


@pytest.mark.parametrize("where", commands.BOTH)
def test_the_footer_fits_80_columns_with_six_to_eight_keys(where):
    words = commands.footer(where, {}, 80)
    assert len(words) + 1 <= 80
    assert 6 <= len(words.split("  ")) <= 8


def test_a_narrow_footer_keeps_help():
    assert commands.footer("queue", {}, 40).endswith("? Help")


def test_the_footer_shows_configured_keys():
    assert "ctrl+w Close" in commands.footer("queue", {"close": "ctrl+w"}, 80)


def test_an_unknown_id_is_named_with_file_and_nearest():
    with pytest.raises(ConfigError, match=r'triage.toml: keys.clos = "x": no command has this id, did you mean close'):
        commands.keymap({"clos": "x"})


def test_a_clash_is_named_with_the_command_that_has_the_key():
    with pytest.raises(ConfigError, match=r'keys.close = "x": the key already means mark'):
        commands.keymap({"close": "x"})


def test_two_configured_keys_that_clash_are_named():
    with pytest.raises(ConfigError, match="already means"):
        commands.keymap({"close": "ctrl+w", "note": "ctrl+w"})


def test_every_problem_is_reported_at_once():
    with pytest.raises(ConfigError) as caught:
        commands.keymap({"clos": "x", "note": ""})
    assert len(caught.value.problems) == 2


def test_swapping_two_keys_is_no_clash():
    assert commands.keymap({"close": "n", "note": "e"}) == {"close": "n", "note": "e"}


def test_a_character_becomes_the_name_of_its_key():
    assert commands.keymap({"close": "%"}) == {"close": "percent_sign"}
