/* Tags and attributes as browsers take them, which is anyhow; and calls of a script. */
/* SPDX-License-Identifier: Apache-2.0 */
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
		if (webattack_words_find(&names, (struct str){ s.p + i, n }) == TAG_SINK ||
		    webattack_words_find(&names, (struct str){ s.p + i + dot, n - dot }) ==
			TAG_SINK) {
			bool object = dot != 0 && webattack_words_find(&names,
						      (struct str){ s.p + i, n }) == TAG_SINK;
			char next = i + n < s.n ? s.p[i + n] : '\0';

			if (object || next == '(' || next == '`' || next == '=')
				return true;
		}
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

	for (size_t i = 0; i < value.n && n < sizeof(text); i++) {
		char c = value.p[i];

		if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '"' && c != '\'')
			text[n++] = c;
	}
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

/* One attribute of a tag: how telling. */
static unsigned
attribute(struct str name, struct str value, bool has_value)
{
	if (has_value &&
	    (webattack_words_find(&names, name) == TAG_HANDLER ||
		(str_starts(name, STR("on")) && name.n > 4 && webattack_html_sink(value))))
		return 95;
	if (str_eq(name, STR("style")))
		return style_runs(value) ? 90 : 0;
	if (str_eq(name, STR("srcdoc")) || str_eq(name, STR("datasrc")) ||
	    str_eq(name, STR("datafld")) || str_eq(name, STR("dataformatas")) ||
	    str_eq(name, STR("http-equiv")) || str_eq(name, STR("formaction")))
		return 85;
	if (runs(value))
		return 92;
	return has_value && str_find(value, STR("&{")) >= 0 ? 85 : 0;
}

/* Attributes up to '>' or the end; *loads: one names an address to load from. */
static unsigned
attributes(struct str *s, bool *loads)
{
	unsigned best = 0, score;

	for (unsigned turn = 0; turn < ATTRS_MAX && s->n != 0 && s->p[0] != '>'; turn++) {
		struct str name, value = { s->p, 0 };
		size_t n = 0;

		while (n < s->n && (is_word(s->p[n]) || s->p[n] == '-' || s->p[n] == ':'))
			n++;
		if (s->p[0] == '<')
			break;
		if (n == 0) {
			*s = str_from(*s, 1);
			continue;
		}
		name = (struct str){ s->p, n };
		*s = str_from(*s, n);
		n = 0;
		while (n < s->n && is_blank(s->p[n]))
			n++;
		if (n < s->n && s->p[n] == '=') {
			*s = str_from(*s, n + 1);
			value = take_value(s);
			if ((score = attribute(name, value, true)) > best)
				best = score;
			*loads |= str_eq(name, STR("src")) || str_eq(name, STR("href")) ||
				  str_eq(name, STR("data")) || str_eq(name, STR("code")) ||
				  str_eq(name, STR("action")) || str_eq(name, STR("xlink:href")) ||
				  str_eq(name, STR("classid")) || str_eq(name, STR("content"));
		}
	}
	return best;
}

/* Prose goes on in plain words; a script has other characters soon. */
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

/* s begins behind "<"; *ret_next: behind the tag. */
static unsigned
tag(struct str s, struct str *ret_next)
{
	bool closing = s.n != 0 && s.p[0] == '/', loads = false;
	struct str name, rest;
	unsigned kind, score;
	size_t n = 0;

	while (s.n != 0 && (s.p[0] == '/' || s.p[0] == '\\' || is_blank(s.p[0])))
		s = str_from(s, 1);
	while (n < s.n && (is_word(s.p[n]) || s.p[n] == '-' || s.p[n] == ':'))
		n++;
	*ret_next = s;
	if (n == 0)
		return 0;
	name = (struct str){ s.p, n };
	rest = str_from(s, n);
	kind = webattack_words_find(&names, name);
	if (kind == 0 && str_starts(name, STR("script")))
		return 75;
	score = rest.n != 0 && kind != TAG_SCRIPT ? attributes(&rest, &loads) : 0;
	*ret_next = rest;
	if (score != 0)
		return score;
	if (kind == TAG_SCRIPT) {
		const char *end = rest.n != 0 ? memchr(rest.p, '>', rest.n) : NULL;
		struct str body = { rest.p, 0 };

		if (end != NULL)
			body = str_from(rest, (size_t)(end - rest.p) + 1);
		if (end == NULL && rest.n != 0 && is_blank(rest.p[0]) && is_prose(str_trim(rest)))
			return 40;
		return (end == rest.p || closing) && is_prose(str_trim(body)) ? 60 : 93;
	}
	if (kind == TAG_STYLE)
		return style_runs(rest) || webattack_html_sink(rest) ? 90 : closing ? 30 : 50;
	if (kind == TAG_ACTIVE && !closing)
		return loads ? 80 : rest.n == 0 || rest.p[0] != '>' ? 60 : 50;
	return 0;
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
		else if (s.n != 0 && (is_letter(s.p[0]) || is_blank(s.p[0]) || s.p[0] == '\\' ||
					 (s.p[0] & 0x80) != 0 || s.p[0] == '%')) {
			struct str next;

			if ((score = tag(s, &next)) > best)
				best = score;
			s = next;
		}
	}
	return best;
}

/* An attribute that was closed, or none: " onfocus=..., x onerror=... */
static unsigned
handlers(struct str s)
{
	for (size_t i = 0; i + 5 < s.n; i++) {
		size_t n = 0, k;
		bool begins = i == 0 || is_blank(s.p[i - 1]) || s.p[i - 1] == '"' ||
			      s.p[i - 1] == '\'' || s.p[i - 1] == '`' || s.p[i - 1] == ';';
		struct str value;

		if (s.p[i] != 'o' || s.p[i + 1] != 'n' || !begins)
			continue;
		while (i + n < s.n && is_letter(s.p[i + n]))
			n++;
		for (k = i + n; k < s.n && is_blank(s.p[k]);)
			k++;
		if (k >= s.n || s.p[k] != '=' ||
		    webattack_words_find(&names, (struct str){ s.p + i, n }) != TAG_HANDLER)
			continue;
		value = str_from(s, k + 1);
		if (webattack_html_sink(value) || memchr(s.p, '<', i) != NULL)
			return 95;
		if (memchr(s.p, '"', i) != NULL || memchr(s.p, '\'', i) != NULL)
			return 85;
		if (value.n != 0 && memchr(value.p, '(', value.n) != NULL)
			return 75;
		i += n;
	}
	return 0;
}

/*
 * A script: what stands before a sink is the end of a string or of a call, or the sink is the
 * whole value; prose has words there.
 */
static unsigned
script(struct str s)
{
	static const char ends[] = "'\"`;)}]>*/";
	struct str rest = s;
	size_t blanks = 0;

	if (!webattack_html_sink(s))
		return 0;
	for (size_t i = 0; i < s.n && !is_letter(s.p[i]); i++)
		if (memchr(ends, s.p[i], sizeof(ends) - 1) != NULL)
			return is_prose(str_from(s, i + 1)) ? 40 : 85;
	while (rest.n != 0 && (is_word(rest.p[0]) || rest.p[0] == ' ')) {
		blanks += rest.p[0] == ' ';
		rest = str_from(rest, 1);
	}
	if (blanks > 1 || rest.n == 0)
		return 30;
	if (memchr(";'\"`)}", rest.p[0], 6) != NULL && webattack_html_sink(str_from(rest, 1)))
		return is_prose(str_from(rest, 1)) ? 30 : 80;
	/* alert(1) and nothing but it */
	if (s.p[s.n - 1] == ')' || s.p[s.n - 1] == ';' || s.p[s.n - 1] == '`' ||
	    s.p[s.n - 1] == '>' || (s.n > 2 && str_ends(s, STR("//"))))
		return blanks == 0 ? 75 : 50;
	return blanks == 0 && memchr(s.p, '=', s.n) != NULL && memchr(s.p, ' ', s.n) == NULL ? 72
											     : 30;
}

unsigned
webattack_html(struct str s)
{
	unsigned best = markup(s), score;
	ptrdiff_t at;

	if (best < 95 && (score = handlers(s)) > best)
		best = score;
	if (best < 85 && (score = script(s)) > best)
		best = score;
	if (best < 90 && runs(str_trim(s))) {
		struct str colon = s;

		(void)str_until(&colon, ':');
		if (best < (score = is_prose(str_trim(colon)) ? 40U : 88U))
			best = score;
	}
	at = str_find(s, STR("javascript:"));
	if (best < 80 && at > 0 && memchr("'\"=(> ", s.p[at - 1], 6) != NULL &&
	    webattack_html_sink(str_from(s, (size_t)at)))
		best = 80;
	/* UTF-7: +ADw-script+AD4- */
	if (best < 88 && str_find(s, STR("adw-")) >= 0 && str_find(s, STR("ad4-")) >= 0)
		best = 88;
	if (best < 75 && memchr(s.p, '{', s.n) != NULL && style_runs(s) &&
	    str_find(s, STR("url(")) >= 0)
		best = 75;
	return best;
}
