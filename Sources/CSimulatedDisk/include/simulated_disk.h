#ifndef BANGFU_SIMULATED_DISK_H
#define BANGFU_SIMULATED_DISK_H

#include <stdint.h>

/*
 * Disks in memory for SQLite, for the simulator only. A database on disk 7 is opened by the URI
 * "file:/7/node.db?vfs=bangfu-simulated". Until a file is synced its writes are in danger: when the power goes, the caller
 * says which of them survive, in pieces of 512 bytes.
 *
 * One thread at a time uses a disk; different disks may be used by different threads.
 */

typedef enum {
    BANGFU_OPERATION_WRITE = 0,
    BANGFU_OPERATION_SYNC = 1,
} bangfu_operation;

typedef enum {
    /* Nothing that was not synced. */
    BANGFU_SURVIVES_NONE = 0,
    /* Everything, as when only the process dies. */
    BANGFU_SURVIVES_ALL = 1,
    /* The first so many writes, the last of them in part. */
    BANGFU_SURVIVES_PREFIX = 2,
    /* Any pieces of any writes. */
    BANGFU_SURVIVES_PIECES = 3,
} bangfu_survival;

/* A new, empty disk; 0 when there is no memory left. */
int64_t bangfu_disk_create(void);
void bangfu_disk_destroy(int64_t disk);

/* The power goes at the count-th operation of this kind from now (1: the next one); after it took effect, or before. */
void bangfu_disk_arm(int64_t disk, bangfu_operation operation, int64_t count, int after);
void bangfu_disk_disarm(int64_t disk);

/* The power goes now. */
void bangfu_disk_cut(int64_t disk);
int bangfu_disk_is_dead(int64_t disk);

/* The power is back. Returns how many bytes of unsynced writes are lost. */
int64_t bangfu_disk_revive(int64_t disk, bangfu_survival survival, uint64_t seed);

/* A new disk that holds what this one would hold if the power went now and nothing unsynced survived. */
int64_t bangfu_disk_copy_durable(int64_t disk);

int64_t bangfu_disk_writes(int64_t disk);
int64_t bangfu_disk_syncs(int64_t disk);
int64_t bangfu_disk_unsynced_bytes(int64_t disk);
/* The same of the write-ahead log alone: all that a commit has to have on the disk. */
int64_t bangfu_disk_unsynced_log_bytes(int64_t disk);

/* From now on the files of the disk together hold at most so many bytes: a write that needs more is told that the disk is full.
   0: any number. */
void bangfu_disk_limit(int64_t disk, int64_t bytes);
int bangfu_disk_is_limited(int64_t disk);
int64_t bangfu_disk_used(int64_t disk);

#endif
