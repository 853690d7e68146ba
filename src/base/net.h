/* SPDX-License-Identifier: Apache-2.0
 *
 * net.h -- which addresses belong to the open internet, and lists of exceptions.
 */
#ifndef BASE_NET_H
#define BASE_NET_H
#include "base/str.h"

struct sockaddr;
/* 16 bytes, IPv4 as ::ffff:a.b.c.d.  False when it is neither "10.1.2.3" nor an IPv6 address (brackets may stand around). */
bool net_parse(struct str s, unsigned char out[16]);
bool net_of(const struct sockaddr *a, unsigned char out[16]);
/* Nothing private, loopback, link-local, shared, multicast, reserved or for documents -- also where such an IPv4 address is
 * wrapped in an IPv6 one (mapped, compatible, 6to4, NAT64). */
bool net_is_public(const unsigned char addr[16]);
/* Does "hooks.intranet, 10.1.0.0/16, ::1" name the host (as it is) or the address?  addr NULL: only the host is asked for. */
bool net_list_has(struct str list, struct str host, const unsigned char *addr);
/* The first entry that is neither a host name nor a network; STR_NONE when all are sound. */
struct str net_list_fault(struct str list);
#endif
