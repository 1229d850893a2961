"""HTML mail as text: nothing hidden comes out, links say where they lead, no nesting takes long."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.mail.html import host, to_text


@given(st.text(st.sampled_from("<>/=\"'& abdivphref-!#x0;\x00\n")))
def test_no_tangle_of_tags_makes_it_raise(source):
    assert isinstance(to_text(source), str)


@pytest.mark.parametrize(
    "opening", ["<div>", "<b>", "<blockquote>", "<table><tr><td>", "<ul><li>", "<a href=x>", "<pre>"]
)
def test_100000_nested_elements_take_less_than_a_second_and_lose_no_text(opening):
    begun = time.process_time()
    text = to_text(opening * min(100_000, 1_000_000 // len(opening)) + "still here")

    assert time.process_time() - begun < 1
    assert "still here" in text


@pytest.mark.parametrize(
    "source", ["<!--" * 250_000, "<a " * 300_000, "<![CDATA[" * 100_000, "&#x1" * 250_000, "<p" * 500_000]
)
def test_unfinished_markup_takes_less_than_a_second(source):
    begun = time.process_time()
    to_text(source)

    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>HIDDEN</script>",
        "<style>HIDDEN</style>",
        "<head><title>HIDDEN</title></head>",
        '<div style="display:none">HIDDEN</div>',
        '<div style="DISPLAY : NONE !important">HIDDEN<p>HIDDEN</p></div>',
        '<p style="font-size:0">HIDDEN</p>',
        '<p style="font-size: 0px; color: red">HIDDEN</p>',
        '<p style="visibility:hidden">HIDDEN</p>',
        '<p style="opacity:0">HIDDEN</p>',
        '<div style="max-height:0;overflow:hidden">HIDDEN</div>',
        '<span style="mso-hide:all">HIDDEN</span>',
        "<p hidden>HIDDEN</p>",
        "<template>HIDDEN</template>",
        "<!-- HIDDEN -->",
    ],
)
def test_what_a_browser_would_not_show_is_left_out(hidden):
    assert to_text(f"<p>before</p>{hidden}<p>after</p>").split() == ["before", "after"]


def test_a_void_element_that_is_hidden_hides_nothing_after_it():
    assert to_text('<img style="display:none" src=x><p>seen</p>') == "seen"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            '<a href="http://evil.example/login">https://bank.example/login</a>',
            "https://bank.example/login <evil.example>",
        ),
        ('<a href="https://shop.example/x?y=1">here</a>', "here <shop.example>"),
        ('<a href="https://shop.example/x">https://shop.example/</a>', "https://shop.example/"),
        ('<a href="https://www.shop.example/">shop.example</a>', "shop.example"),
        ('<a href="https://bank.example@evil.example/">here</a>', "here <evil.example>"),
        ('<a href="http://evil.example">shop.example.</a>', "shop.example. <evil.example>"),
        ('<a href="mailto:ana@x.org?subject=y">write</a>', "write <ana@x.org>"),
        ('<a href="mailto:ana@x.org">ana@x.org</a>', "ana@x.org"),
        ('<a href="javascript:alert(1)">here</a>', "here <javascript>"),
        ('<a href="#top">up</a>', "up"),
        ('<a href="http://[::1">here</a>', "here <unreadable address>"),
        ('<a href="http://b\u00fccher.example/">here</a>', "here <xn--bcher-kva.example>"),
    ],
)
def test_a_link_says_where_it_leads(source, text):
    assert to_text(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('<img src="http://track.example/p.gif?u=1" width=1 height=1>', "[image: track.example]"),
        ('<img src="cid:shot.png@01D" alt="">', "[image: shot.png]"),
        ('<img src="x" alt="Our\n logo">', "[image: Our logo]"),
        ('<img src="data:image/png;base64,AAAA">', "[image: inline]"),
        ("<img>", "[image]"),
    ],
)
def test_an_image_is_named_and_never_fetched(source, text):
    assert to_text(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("One<br>Two", "One\nTwo"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<p>Yes</p><blockquote><p>Is it?</p><p>Now?</p></blockquote>", "Yes\n\n> Is it?\n>\n> Now?"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>\n> > b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a  b\nc"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a   b\n c &amp; &eacute; &#8364;", "a b c & é €"),
        ("<p>a <b>bold</b> word</p>", "a bold word"),
    ],
)
def test_lines_and_paragraphs_are_kept(source, text):
    assert to_text(source) == text


@pytest.mark.parametrize(
    "url", ["http://[", "http://a b/", "//x.org/y", "http:///x", "http://%65vil.example/", "http://x.org:99999/"]
)
def test_the_host_of_any_url_is_text(url):
    assert isinstance(host(url), str)


def test_reading_html_opens_no_socket():
    source = '<!DOCTYPE html SYSTEM "http://x.invalid/d"><link rel=stylesheet href="http://x.invalid/a.css">'
    source += '<img src="http://x.invalid/p.gif">ok'
    events: list[str] = []
    watching = True
    # A hook cannot be taken out again: it falls silent instead.
    sys.addaudithook(lambda event, _: events.append(event) if watching and event.startswith("socket.") else None)
    to_text(source)
    watching = False

    assert events == []
