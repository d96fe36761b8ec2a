/* Tags and attributes as browsers take them, which is anyhow; and calls of a script. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/enrich/test_webattack.c */
#include "enrich/webattack_html.h"

#include "enrich/webattack_words.h"

#define ATTRS_MAX 32U /* of one tag */
#define SCHEME_MAX 64U

enum {
	TAG_SCRIPT = 1,
	TAG_ACTIVE, /* runs or loads something by being there */
	TAG_STYLE,
	TAG_PLAIN,
	TAG_HANDLER, /* name of an event handler */
	TAG_SINK     /* name of a function or object scripts of attackers use */
};

static struct webattack_words names;

static const struct {
	uint8_t kind;
	const char *words;
} table[] = {
	{ TAG_SCRIPT, "script" },
	{ TAG_ACTIVE,
	    "iframe object embed applet base meta link frame frameset layer ilayer bgsound xml "
	    "isindex svg math template form portal noscript comment xss event-source" },
	{ TAG_STYLE, "style" },
	{ TAG_PLAIN,
	    "a abbr b big blockquote body br button canvas center code dd details div dl dt em "
	    "embed fieldset font h1 h2 h3 h4 h5 h6 head hr html i image img input ins kbd label "
	    "li main map marquee menu nav ol option p pre q s samp section select small source "
	    "span strike strong sub summary sup table tbody td textarea tfoot th thead title tr "
	    "tt u ul var video audio track del dialog" },
	{ TAG_HANDLER,
	    "onabort onactivate onafterprint onafterscriptexecute onanimationcancel "
	    "onanimationend onanimationiteration onanimationstart onauxclick onbeforecopy "
	    "onbeforecut onbeforeinput onbeforeprint onbeforescriptexecute onbeforetoggle "
	    "onbeforeunload onbegin onblur onbounce oncanplay oncanplaythrough onchange onclick "
	    "onclose oncontextmenu oncopy oncuechange oncut ondblclick ondrag ondragend "
	    "ondragenter ondragleave ondragover ondragstart ondrop ondurationchange onend "
	    "onended onerror onfilterchange onfinish onfocus onfocusin onfocusout onformdata "
	    "onfullscreenchange ongotpointercapture onhashchange oninput oninvalid onkeydown "
	    "onkeypress onkeyup onload onloadeddata onloadedmetadata onloadend onloadstart "
	    "onlosecapture onmessage onmousedown onmouseenter onmouseleave onmousemove onmouseout "
	    "onmouseover onmouseup onmousewheel onpagehide onpageshow onpaste onpause onplay "
	    "onplaying onpointercancel onpointerdown onpointerenter onpointerleave onpointermove "
	    "onpointerout onpointerover onpointerrawupdate onpointerup onpopstate onprogress "
	    "onpropertychange onratechange onreadystatechange onrepeat onreset onresize "
	    "onscroll onscrollend onsearch onseeked onseeking onselect onselectionchange "
	    "onselectstart onshow onstart onstorage onsubmit onsuspend ontimeupdate ontoggle "
	    "ontouchcancel ontouchend ontouchmove ontouchstart ontransitioncancel "
	    "ontransitionend ontransitionrun ontransitionstart onunhandledrejection onunload "
	    "onvolumechange onwaiting onwebkitanimationend onwebkittransitionend onwheel" },
	{ TAG_SINK,
	    "alert confirm prompt eval settimeout setinterval fetch atob fromcharcode "
	    "importscripts execscript document.cookie document.write document.writeln "
	    "document.domain document.location document.body document.documentelement "
	    "window.location window.name window.open self.location top.location "
	    "parent.location location.href location.hash location.replace location.assign "
	    "location.search string.fromcharcode localstorage.getitem sessionstorage.getitem "
	    "xmlhttprequest navigator.sendbeacon constructor.constructor document.createelement "
	    "console.log window.onerror" },
};

__attribute__((constructor)) static void
build(void)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		webattack_words_add(&names, table[i].kind, table[i].words);
}

static inline bool
is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool
is_word(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '/';
}

/* A name with its last part at `dot`, and what stands behind it. */
static bool
is_sink(struct str name, size_t dot, char behind)
{
	if (dot != 0 && webattack_words_find(&names, name) == TAG_SINK)
		return true;
	return (behind == '(' || behind == '`' || behind == '=') &&
	       webattack_words_find(&names, str_from(name, dot)) == TAG_SINK;
}

/* Names with dots in front of every '(' or by themselves: one that only scripts know? */
bool
webattack_html_sink(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		size_t n = 0, dot = 0;

		if (!is_word(s.p[i])) {
			i++;
			continue;
		}
		while (i + n < s.n && (is_word(s.p[i + n]) || s.p[i + n] == '.')) {
			if (s.p[i + n] == '.')
				dot = n + 1;
			n++;
		}
		if (is_sink((struct str){ s.p + i, n }, dot, i + n < s.n ? s.p[i + n] : '\0'))
			return true;
		i += n;
	}
	return false;
}

/* Does an address run something?  Blanks within the scheme are none to a browser. */
static bool
runs(struct str value)
{
	static const struct str schemes[] = { STR("javascript:"), STR("vbscript:"),
		STR("livescript:"), STR("mocha:"), STR("jscript:"), STR("data:text/html"),
		STR("data:image/svg"), STR("data:text/javascript"), STR("data:application/x-"),
		STR("data:,"), STR("data:text/xml"), STR("feed:javascript:") };
	char text[SCHEME_MAX];
	size_t n = 0;

	for (size_t i = 0; i < value.n && n < sizeof(text); i++)
		if (memchr(" \t\n\r\"'", value.p[i], 6) == NULL)
			text[n++] = value.p[i];
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (str_starts((struct str){ text, n }, schemes[i]))
			return true;
	return str_starts((struct str){ text, n }, STR("data:")) &&
	       str_find((struct str){ text, n }, STR(";base64")) >= 0 &&
	       str_find((struct str){ text, n }, STR("image/")) < 0;
}

static bool
style_runs(struct str s)
{
	static const struct str telling[] = { STR("expression("), STR("javascript:"),
		STR("vbscript:"), STR("binding:"), STR("behavior:"), STR("behaviour:"),
		STR("@import"), STR("/*"), STR("document.cookie"), STR("data:text") };

	for (size_t i = 0; i < ARRAY_LEN(telling); i++)
		if (str_find(s, telling[i]) >= 0)
			return true;
	return false;
}

/* The value behind '=' at the beginning of *s, quoted in some way or not. */
static struct str
take_value(struct str *s)
{
	struct str value;
	char quote;
	size_t n = 0;

	while (s->n != 0 && (is_blank(s->p[0]) && s->p[0] != '/'))
		*s = str_from(*s, 1);
	quote = s->n != 0 && (s->p[0] == '"' || s->p[0] == '\'' || s->p[0] == '`') ? s->p[0] : '\0';
	if (quote != '\0') {
		*s = str_from(*s, 1);
		return str_until(s, quote);
	}
	while (n < s->n && s->p[n] != '>' && s->p[n] != ' ' && s->p[n] != '\t' && s->p[n] != '\n')
		n++;
	value = (struct str){ s->p, n };
	*s = str_from(*s, n);
	return value;
}

static bool
is_listed(struct str name, const struct str *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(name, list[i]))
			return true;
	return false;
}

static bool
is_handler(struct str name, struct str value)
{
	if (webattack_words_find(&names, name) == TAG_HANDLER)
		return true;
	return str_starts(name, STR("on")) && name.n > 4 && webattack_html_sink(value);
}

/* One attribute of a tag that has a value: how telling. */
static unsigned
attribute(struct str name, struct str value)
{
	static const struct str telling[] = { STR("srcdoc"), STR("datasrc"), STR("datafld"),
		STR("dataformatas"), STR("http-equiv"), STR("formaction") };

	if (is_handler(name, value))
		return 95;
	if (str_eq(name, STR("style")))
		return style_runs(value) ? 90 : 0;
	if (is_listed(name, telling, ARRAY_LEN(telling)))
		return 85;
	if (runs(value))
		return 92;
	return str_find(value, STR("&{")) >= 0 ? 85 : 0;
}

/* The name at the beginning of *s; empty: one odd byte was passed over. */
static struct str
take_name(struct str *s)
{
	struct str name = { s->p, 0 };

	while (name.n < s->n &&
	       (is_word(s->p[name.n]) || s->p[name.n] == '-' || s->p[name.n] == ':'))
		name.n++;
	*s = str_from(*s, name.n != 0 ? name.n : 1);
	return name;
}

/* Attributes up to '>' or the end; *loads: one names an address to load from. */
static unsigned
attributes(struct str *s, bool *loads)
{
	static const struct str addresses[] = { STR("src"), STR("href"), STR("data"), STR("code"),
		STR("action"), STR("xlink:href"), STR("classid"), STR("content") };
	unsigned best = 0, score;

	for (unsigned n = 0; n < ATTRS_MAX && s->n != 0;) {
		struct str name;
		size_t blanks = 0;

		if (s->p[0] == '>' || s->p[0] == '<')
			break;
		name = take_name(s);
		while (blanks < s->n && is_blank(s->p[blanks]))
			blanks++;
		if (name.n == 0 || blanks >= s->n || s->p[blanks] != '=')
			continue;
		n++;
		*s = str_from(*s, blanks + 1);
		if ((score = attribute(name, take_value(s))) > best)
			best = score;
		*loads |= is_listed(name, addresses, ARRAY_LEN(addresses));
	}
	return best;
}

/* Plain words; a script has other characters soon. */
static bool
is_prose(struct str s)
{
	size_t words = 0, letters = 0;

	for (size_t i = 0; i < s.n && words < 3; i++) {
		if (is_letter(s.p[i]) || (s.p[i] & 0x80) != 0) {
			letters++;
		} else if (s.p[i] == ' ' || s.p[i] == ',' || s.p[i] == '.' || s.p[i] == '?') {
			words += letters != 0;
			letters = 0;
		} else if (s.p[i] != '\'') {
			return false;
		}
	}
	return words + (letters != 0) >= 2;
}

/* <script: with a body or a source; in a sentence it is a word. */
static unsigned
script_tag(struct str rest, bool closing)
{
	const char *end = rest.n != 0 ? memchr(rest.p, '>', rest.n) : NULL;

	if (end == NULL)
		return rest.n != 0 && is_blank(rest.p[0]) && is_prose(str_trim(rest)) ? 40 : 93;
	if (end != rest.p && !closing)
		return 93;
	rest = str_trim(str_from(rest, (size_t)(end - rest.p) + 1));
	for (size_t i = 0; i < rest.n; i++)
		if (memchr("(=;`'\"<./", rest.p[i], 9) != NULL)
			return is_prose(rest) ? 60 : 93;
	return rest.n != 0 ? 60 : 93; /* words do not run */
}

/* What a tag without telling attributes is worth. */
static unsigned
by_kind(unsigned tag_kind, struct str rest, bool closing, bool loads)
{
	switch (tag_kind) {
	case TAG_SCRIPT:
		return script_tag(rest, closing);
	case TAG_STYLE:
		return style_runs(rest) || webattack_html_sink(rest) ? 90 : closing ? 30 : 50;
	case TAG_ACTIVE:
		if (closing)
			return 0;
		return loads ? 80 : 55;
	default:
		return 0;
	}
}

/* s begins behind "<"; *ret_next: behind the tag. */
static unsigned
tag(struct str s, struct str *ret_next)
{
	bool closing = s.n != 0 && s.p[0] == '/', loads = false;
	struct str name, rest;
	unsigned tag_kind, score = 0;

	while (s.n != 0 && (s.p[0] == '\\' || is_blank(s.p[0])))
		s = str_from(s, 1);
	rest = s;
	name = s.n != 0 ? take_name(&rest) : s;
	*ret_next = rest;
	if (name.n == 0)
		return 0;
	tag_kind = webattack_words_find(&names, name);
	if (tag_kind == 0 && str_starts(name, STR("script")))
		return 75;
	if (tag_kind != TAG_SCRIPT)
		score = attributes(&rest, &loads);
	*ret_next = rest;
	return score != 0 ? score : by_kind(tag_kind, rest, closing, loads);
}

/* May a tag's name begin here?  Browsers and filters differ. */
static bool
is_tag_begin(char c)
{
	return is_letter(c) || is_blank(c) || c == '\\' || c == '%' || (c & 0x80) != 0;
}

static unsigned
markup(struct str s)
{
	unsigned best = 0, score;
	const char *p;

	while (s.n != 0 && (p = memchr(s.p, '<', s.n)) != NULL) {
		s = str_from(s, (size_t)(p - s.p) + 1);
		if (str_starts(s, STR("?import")) && best < 80)
			best = 80;
		if (str_starts(s, STR("![cdata[")) || str_starts(s, STR("!--")) ||
		    str_starts(s, STR("![endif")))
			s = str_from(s, 3);
		else if (s.n != 0 && is_tag_begin(s.p[0])) {
			struct str next;

			if ((score = tag(s, &next)) > best)
				best = score;
			s = next;
		}
	}
	return best;
}

/* Confidence for a handler's name at i, which begins a word: what is it given, what is before? */
static unsigned
handler_at(struct str s, size_t i, size_t *ret_n)
{
	struct str value, before = { s.p, i };
	size_t n = 0, k;

	while (i + n < s.n && is_letter(s.p[i + n]))
		n++;
	*ret_n = n;
	for (k = i + n; k < s.n && is_blank(s.p[k]);)
		k++;
	if (k >= s.n || s.p[k] != '=' ||
	    webattack_words_find(&names, (struct str){ s.p + i, n }) != TAG_HANDLER)
		return 0;
	value = str_from(s, k + 1);
	if (webattack_html_sink(value) || str_find(before, STR("<")) >= 0)
		return 95;
	if (str_find(before, STR("\"")) >= 0 || str_find(before, STR("'")) >= 0)
		return 85;
	return str_find(value, STR("(")) >= 0 ? 75 : 0;
}

/* An attribute that was closed, or none: " onfocus=..., x onerror=... */
static unsigned
handlers(struct str s)
{
	static const char before[] = " \t\n\r/\"'`;";

	for (size_t i = 0; i + 5 < s.n; i++) {
		unsigned score;
		size_t n;

		if (s.p[i] != 'o' || s.p[i + 1] != 'n')
			continue;
		if (i > 0 && memchr(before, s.p[i - 1], sizeof(before) - 1) == NULL)
			continue;
		if ((score = handler_at(s, i, &n)) != 0)
			return score;
		i += n;
	}
	return 0;
}

/* Where a string or a call of a script ends before any letter; s.n: nowhere. */
static size_t
end_of_string(struct str s)
{
	static const char ends[] = "'\"`;)}]>*/";

	for (size_t i = 0; i < s.n && !is_letter(s.p[i]); i++)
		if (memchr(ends, s.p[i], sizeof(ends) - 1) != NULL)
			return i;
	return s.n;
}

/* alert(1) and nothing but it, or with what ends a script behind it. */
static bool
is_whole(struct str s)
{
	return memchr(");`>", s.p[s.n - 1], 4) != NULL || str_ends(s, STR("//"));
}

/* A script that begins with the value: a sink behind the end of a string, or nothing but a sink. */
static unsigned
script_from_begin(struct str s)
{
	size_t blanks = 0, i = 0;
	struct str rest;

	for (; i < s.n && (is_word(s.p[i]) || s.p[i] == ' '); i++)
		blanks += s.p[i] == ' ';
	rest = str_from(s, i);
	if (blanks > 1 || rest.n == 0)
		return 30;
	rest = memchr(";'\"`)}", rest.p[0], 6) != NULL ? str_from(rest, 1) : STR("");
	if (webattack_html_sink(rest))
		return is_prose(rest) ? 30 : 80;
	if (is_whole(s))
		return blanks == 0 ? 75 : 50;
	return str_find(s, STR("=")) > 0 && str_find(s, STR(" ")) < 0 ? 72 : 30;
}

/* What stands before a sink is the end of a string or of a call; prose has words there. */
static unsigned
script(struct str s)
{
	size_t i = end_of_string(s);

	if (!webattack_html_sink(s))
		return 0;
	if (i < s.n)
		return is_prose(str_from(s, i + 1)) ? 40 : 85;
	return script_from_begin(s);
}

/* javascript:... as the whole value, or within it. */
static unsigned
address(struct str s)
{
	struct str rest = str_trim(s);
	ptrdiff_t at = memchr(s.p, ':', s.n) != NULL ? str_find(s, STR("javascript:")) : -1;

	if (runs(rest)) {
		(void)str_until(&rest, ':');
		return is_prose(str_trim(rest)) ? 40 : 88;
	}
	if (at <= 0 || memchr("'\"=(> ", s.p[at - 1], 6) == NULL)
		return 0;
	return webattack_html_sink(str_from(s, (size_t)at)) ? 80 : 0;
}

/* +ADw-script+AD4- */
static unsigned
utf7(struct str s)
{
	return str_find(s, STR("adw-")) >= 0 && str_find(s, STR("ad4-")) >= 0 ? 88 : 0;
}

unsigned
webattack_html(struct str s)
{
	static unsigned (*const readers[])(struct str s) = { markup, handlers, script, address,
		utf7 };
	unsigned best = 0, score;

	for (size_t i = 0; i < ARRAY_LEN(readers) && s.n != 0; i++)
		if ((score = readers[i](s)) > best)
			best = score;
	return best;
}
