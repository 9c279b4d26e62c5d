#define _GNU_SOURCE
#include "file_times.h"
#include <fcntl.h>
#include <sys/stat.h>

int64_t bangfu_birth_seconds(const char *path) {
    struct statx status;
    if (statx(AT_FDCWD, path, 0, STATX_BTIME, &status) != 0 || !(status.stx_mask & STATX_BTIME)) return 0;
    return status.stx_btime.tv_sec;
}
