#ifndef BANGFU_FAILING_DISK_H
#define BANGFU_FAILING_DISK_H

#include <stdint.h>

/* A shim over SQLite's own file system, of the tests: in one folder the n-th call of a kind fails, as a disk does. It is the
   process's default once the first folder is watched; files of other folders pass through. */

typedef enum {
    BANGFU_FAILS_READ,
    BANGFU_FAILS_WRITE,
    BANGFU_FAILS_SYNC,
} bangfu_failing_call;

typedef enum {
    /* EIO */
    BANGFU_FAILURE_ERROR,
    /* ENOSPC, nothing written */
    BANGFU_FAILURE_FULL,
    /* half of the bytes, then ENOSPC; of a read, half of them and zeros */
    BANGFU_FAILURE_SHORT,
} bangfu_failure;

/* Watches a folder, by its absolute path without a slash at the end; a handle for the calls below, 0 when there are too many. */
int bangfu_failing_watch(const char *folder);

/* The `count`-th call from now on fails; with `lasting` all after it do as well. Sets the counts of calls and failures to 0. */
void bangfu_failing_arm(int folder, bangfu_failing_call call, bangfu_failure failure, int64_t count, int lasting);

/* Every call is made from now on. */
void bangfu_failing_disarm(int folder);

/* How often a call failed since the last arming. */
int64_t bangfu_failing_failures(int folder);

#endif
