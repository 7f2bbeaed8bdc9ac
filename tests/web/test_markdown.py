"""What people write becomes quiet markup, and nothing that acts, leads astray or grows without end."""

import re

import pytest
from django.conf import LazySettings

from marketplace.web.markdown import LONGEST, link, plain, render

REL = 'rel="nofollow ugc noopener"'
# Every tag and attribute that may come out, whatever went in.
QUIET = re.compile(
    r"</?(?:p|strong|em|del|s|ul|ol|li|blockquote|code|pre)>|<(?:br|hr)>|</a>"
    rf'|<a href="(?:https?://|mailto:)[^"<>]*" {REL}>'
)


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("**hi**\nthere", "<p><strong>hi</strong><br>\nthere</p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("2 * 3 * 4 = 24", "<p>2 * 3 * 4 = 24</p>"),
        ("", ""),
    ],
)
def test_r_ofr_1_words_keep_their_shape(written: str, html: str) -> None:
    assert render(written).strip() == html


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("[x](https://a.example)", f'<p><a href="https://a.example" {REL}>x</a> (a.example)</p>'),
        ("[x](mailto:me@a.example)", f'<p><a href="mailto:me@a.example" {REL}>x</a> (me@a.example)</p>'),
        ("<https://a.example>", f'<p><a href="https://a.example" {REL}>https://a.example</a></p>'),
        (
            "See https://a.example/x_y_z.",
            f'<p>See <a href="https://a.example/x_y_z" {REL}>https://a.example/x_y_z</a>.</p>',
        ),
        ("(http://a.example)", f'<p>(<a href="http://a.example" {REL}>http://a.example</a>)</p>'),
        ("`https://a.example`", "<p><code>https://a.example</code></p>"),
        (
            "[https://bank.example](https://evil.example/)",
            f'<p><a href="https://evil.example/" {REL}>https://bank.example</a> (evil.example)</p>',
        ),
        (
            "https://a.example@b.example/",
            f'<p><a href="https://a.example@b.example/" {REL}>https://a.example@b.example/</a> (b.example)</p>',
        ),
        (
            "https://\u0430.example/",
            f'<p><a href="https://xn--80a.example/" {REL}>https://\u0430.example/</a> (xn--80a.example)</p>',
        ),
        (
            '[x](https://a.example "a title")',
            f'<p><a href="https://a.example" {REL}>x</a> (a.example)</p>',
        ),
    ],
)
def test_r_ofr_1_a_link_says_where_it_leads(written: str, html: str) -> None:
    assert render(written).strip() == html


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://a.example/b.png)",
        "![x][y]\n\n[y]: https://a.example/b.png",
        "<svg/onload=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](vbscript:x)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](data:image/png;base64,AAAA)",
        "[x](file:///etc/passwd)",
        "[x](//evil.example)",
        "[x](/settings/)",
        "[x](\\\\evil.example)",
        "[x](https://)",
        "[x](https://[bad/x)",
        "http://[::1",
        '[x](<https://a.example/" onmouseover=alert(1)>)',
        '[x](https://a.example "t" onx=1)',
        "<javascript:alert(1)>",
        "[a [b](javascript:alert(1))](https://a.example)",
        "**[x](javascript:alert(1))**",
        "> - > 1. [x](javascript:alert(1)) <iframe src=//evil.example>",
        "[x]\n\n[x]: javascript:alert(1)",
        "# heading <style>*{display:none}</style>",
        "```html onload=x\n</code></pre><script>alert(1)</script>\n```",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<!-- --><![CDATA[<script>]]>",
        "<div style=position:fixed>",
        'https://a.example/"onmouseover=alert(1)//',
        "https://a.example/<script>",
        "\u202ehttps://a.example",
    ],
)
def test_r_ofr_1_attacks_come_out_as_words(written: str) -> None:
    rest = QUIET.sub("", render(written))
    assert "<" not in rest, rest
    assert ">" not in rest, rest


@pytest.mark.parametrize(
    "unit", ["[", "*a ", "> ", "- ", "`", "[a](", "https://a", "<", "**a", "![[", "a_", "&", "~~a", "1. "]
)
def test_r_ofr_1_huge_input_stays_bounded(unit: str) -> None:
    html = render(unit * (2 * LONGEST // len(unit)))
    assert len(html) <= 12 * LONGEST
    assert html.count("<blockquote>") <= 20
    assert html.count("<ul>") + html.count("<ol>") <= 20


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("**Yes**, `this`\n\n> said", "Yes, this said"),
        ("2 * 3, snake_case <b>", "2 * 3, snake_case <b>"),
        ("About [a \\[new\\] film](https://a.example/x): [", "About a [new] film: ["),
        ("", ""),
    ],
)
def test_a_line_of_a_list_has_the_words_without_the_marks(written: str, words: str) -> None:
    assert plain(written) == words


def test_r_ofr_1_a_link_to_a_page_of_ours_stays_with_its_words(settings: LazySettings) -> None:
    """And only a page of ours: an address that begins alike says where it leads."""
    settings.SITE_URL = "https://milepost.example"
    written = link("A film [new], 2 * 3", "https://milepost.example/gigs/gig_1/")
    assert (
        render(written).strip()
        == f'<p><a href="https://milepost.example/gigs/gig_1/" {REL}>A film [new], 2 * 3</a></p>'
    )
    assert plain(written) == "A film [new], 2 * 3"
    for address in ("https://milepost.example.evil.example/", "https://milepost.example@evil.example/"):
        assert "evil.example)</p>" in render(link("A film", address))
