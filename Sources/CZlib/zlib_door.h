#pragma once
#include <zlib.h>

/// `deflateInit2` is a macro that Swift does not see. 31: a gzip head and tail around the largest window.
static inline int bangfu_gzip_init(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
}

/// The bare form that archives hold (RFC 1951), without a head or a tail. -15: the largest window.
static inline int bangfu_deflate_init(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
}

static inline int bangfu_inflate_init(z_stream *stream) {
    return inflateInit2(stream, -15);
}
