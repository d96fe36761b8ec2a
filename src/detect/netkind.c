/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of networks by class, number and name. */
#include "detect/netkind.h"

static const char *const words[NETKIND_COUNT] = {
	[NETKIND_FIXED] = "fixed network",
	[NETKIND_UNKNOWN] = "address that is not public",
	[NETKIND_ANONYMOUS] = "VPN, proxy or hosting",
	[NETKIND_VPN] = "VPN",
	[NETKIND_TOR] = "Tor",
	[NETKIND_RELAY] = "relay",
	[NETKIND_GATEWAY] = "cloud gateway",
	[NETKIND_HOSTING] = "hosting",
	[NETKIND_MOBILE] = "mobile network",
	[NETKIND_SATELLITE] = "satellite",
};

/* Sorted by number. */
static const struct {
	uint32_t asn;
	enum netkind kind;
} numbers[] = {
	{ 3651, NETKIND_MOBILE },     /* Sprint PCS */
	{ 6167, NETKIND_MOBILE },     /* Verizon Wireless */
	{ 7155, NETKIND_SATELLITE },  /* Viasat */
	{ 8075, NETKIND_HOSTING },    /* Microsoft */
	{ 9009, NETKIND_VPN },        /* M247 */
	{ 10507, NETKIND_MOBILE },    /* Sprint PCS */
	{ 12876, NETKIND_HOSTING },   /* Scaleway */
	{ 13335, NETKIND_RELAY },     /* Cloudflare: WARP, iCloud Private Relay; anycast */
	{ 14061, NETKIND_HOSTING },   /* DigitalOcean */
	{ 14593, NETKIND_SATELLITE }, /* Starlink */
	{ 14618, NETKIND_HOSTING },   /* Amazon */
	{ 15169, NETKIND_HOSTING },   /* Google */
	{ 16276, NETKIND_HOSTING },   /* OVH */
	{ 16509, NETKIND_HOSTING },   /* Amazon */
	{ 20057, NETKIND_MOBILE },    /* AT&T Mobility */
	{ 20473, NETKIND_HOSTING },   /* Vultr */
	{ 20940, NETKIND_RELAY },     /* Akamai */
	{ 21928, NETKIND_MOBILE },    /* T-Mobile US */
	{ 22394, NETKIND_MOBILE },    /* Verizon Wireless */
	{ 22616, NETKIND_GATEWAY },   /* Zscaler */
	{ 24940, NETKIND_HOSTING },   /* Hetzner */
	{ 31898, NETKIND_HOSTING },   /* Oracle */
	{ 36183, NETKIND_RELAY },     /* Akamai: iCloud Private Relay */
	{ 51167, NETKIND_HOSTING },   /* Contabo */
	{ 53813, NETKIND_GATEWAY },   /* Zscaler */
	{ 54113, NETKIND_RELAY },     /* Fastly: iCloud Private Relay */
	{ 55256, NETKIND_GATEWAY },   /* Netskope */
	{ 60068, NETKIND_VPN },       /* Datacamp */
	{ 62044, NETKIND_GATEWAY },   /* Zscaler */
	{ 63949, NETKIND_HOSTING },   /* Linode */
	{ 132203, NETKIND_HOSTING },  /* Tencent */
	{ 209242, NETKIND_RELAY },    /* Cloudflare */
	{ 212238, NETKIND_VPN },      /* Datacamp */
	{ 396982, NETKIND_HOSTING },  /* Google */
};

/* In the order in which they are looked for. */
static const struct {
	const char *word;
	enum netkind kind;
} names[] = {
	{ "vpn", NETKIND_VPN },
	{ "datacamp", NETKIND_VPN },
	{ "m247", NETKIND_VPN },
	{ "mullvad", NETKIND_VPN },
	{ "tor exit", NETKIND_TOR },
	{ "tor project", NETKIND_TOR },
	{ "private relay", NETKIND_RELAY },
	{ "cloudflare", NETKIND_RELAY },
	{ "akamai", NETKIND_RELAY },
	{ "fastly", NETKIND_RELAY },
	{ "zscaler", NETKIND_GATEWAY },
	{ "netskope", NETKIND_GATEWAY },
	{ "palo alto networks", NETKIND_GATEWAY },
	{ "starlink", NETKIND_SATELLITE },
	{ "space exploration", NETKIND_SATELLITE },
	{ "satellite", NETKIND_SATELLITE },
	{ "viasat", NETKIND_SATELLITE },
	{ "inmarsat", NETKIND_SATELLITE },
	{ "intelsat", NETKIND_SATELLITE },
	{ "eutelsat", NETKIND_SATELLITE },
	{ "hughes network", NETKIND_SATELLITE },
	{ "panasonic avionics", NETKIND_SATELLITE },
	{ "gogo ", NETKIND_SATELLITE },
	{ "mobile", NETKIND_MOBILE },
	{ "mobility", NETKIND_MOBILE },
	{ "mobil ", NETKIND_MOBILE },
	{ "wireless", NETKIND_MOBILE },
	{ "cellular", NETKIND_MOBILE },
	{ "cellco", NETKIND_MOBILE },
	{ "hosting", NETKIND_HOSTING },
	{ "hetzner", NETKIND_HOSTING },
	{ "digitalocean", NETKIND_HOSTING },
	{ "amazon", NETKIND_HOSTING },
	{ "google cloud", NETKIND_HOSTING },
	{ "data center", NETKIND_HOSTING },
	{ "datacenter", NETKIND_HOSTING },
	{ "dedicated server", NETKIND_HOSTING },
	{ "colocation", NETKIND_HOSTING },
	{ "leaseweb", NETKIND_HOSTING },
	{ "cloud", NETKIND_HOSTING },
};

const char *
netkind_word(enum netkind k)
{
	return words[k];
}

static bool
by_number(int64_t asn, enum netkind *ret)
{
	size_t low = 0, high = ARRAY_LEN(numbers);

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (numbers[mid].asn == asn) {
			*ret = numbers[mid].kind;
			return true;
		}
		if (numbers[mid].asn < asn)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

enum netkind
netkind_of(const struct rec *r)
{
	struct str class = rec_str(r, F_NET_CLASS), org = rec_str(r, F_AS_ORG);
	enum netkind kind;

	/* Addresses of documentation stand for public ones in examples. */
	if (class.n != 0 && !str_eq(class, STR("public")) && !str_eq(class, STR("documentation")))
		return NETKIND_UNKNOWN;
	if (by_number(rec_int(r, F_ASN, 0), &kind))
		return kind;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_find_nocase(org, str_c(names[i].word)) >= 0)
			return names[i].kind;
	return rec_has(r, F_NET_ANON) && r->v[F_NET_ANON].b ? NETKIND_ANONYMOUS : NETKIND_FIXED;
}
