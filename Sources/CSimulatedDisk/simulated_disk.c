#include "simulated_disk.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 512, FILES = 8, NAME = 64, SHM_REGIONS = 64 };

/* One write, or with length < 0 one truncation to `offset`; kept until the next sync, with what it replaced. */
typedef struct {
    int64_t offset;
    int64_t length;
    int64_t old_size;
    int64_t old_length;
    uint8_t *old_bytes;
    uint8_t *bytes;
} change;

typedef struct {
    char name[NAME];
    int exists;
    uint8_t *content;
    int64_t size;
    int64_t capacity;
    change *changes;
    int64_t change_count;
    int64_t change_capacity;
    /* Locks of the database file, and those of its shared memory. */
    int shared, reserved, exclusive;
    int shm_shared[SQLITE_SHM_NLOCK], shm_exclusive[SQLITE_SHM_NLOCK];
    void *shm[SHM_REGIONS];
    int shm_users;
} file;

typedef struct {
    file files[FILES];
    /* Rises with each loss of power: what was open before it is worth nothing after it. */
    int64_t life;
    int is_dead;
    int64_t armed[2];
    int armed_after[2];
    int64_t writes, syncs;
    /* Bytes that all files together may have; 0 for no limit. */
    int64_t limit;
} disk;

typedef struct {
    sqlite3_file base;
    disk *disk;
    file *file;
    int64_t life;
    int lock;
    int uses_shm;
    uint8_t shm_shared, shm_exclusive;
} handle;

/* MARK: Disks by number */

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static disk **disks;
static int64_t disk_count;

static int register_vfs(void);

static disk *find_disk(int64_t number) {
    pthread_mutex_lock(&registry_lock);
    disk *found = number > 0 && number <= disk_count ? disks[number - 1] : NULL;
    pthread_mutex_unlock(&registry_lock);
    return found;
}

static int64_t add_disk(disk *new_disk) {
    pthread_mutex_lock(&registry_lock);
    int64_t number = 0;
    if (register_vfs()) {
        for (int64_t i = 0; i < disk_count && number == 0; i++) {
            if (disks[i] == NULL) number = i + 1;
        }
        if (number == 0) {
            disk **more = realloc(disks, sizeof(disk *) * (size_t)(disk_count + 1));
            if (more != NULL) {
                disks = more;
                number = ++disk_count;
            }
        }
    }
    if (number > 0) disks[number - 1] = new_disk;
    pthread_mutex_unlock(&registry_lock);
    return number;
}

int64_t bangfu_disk_create(void) {
    disk *made = calloc(1, sizeof(disk));
    if (made == NULL) return 0;
    int64_t number = add_disk(made);
    if (number == 0) free(made);
    return number;
}

static void forget_changes(file *file) {
    for (int64_t i = 0; i < file->change_count; i++) {
        free(file->changes[i].old_bytes);
        free(file->changes[i].bytes);
    }
    file->change_count = 0;
}

static void drop_shm(file *file) {
    for (int i = 0; i < SHM_REGIONS; i++) {
        free(file->shm[i]);
        file->shm[i] = NULL;
    }
}

static void drop_volatile(file *file) {
    file->shared = file->reserved = file->exclusive = file->shm_users = 0;
    memset(file->shm_shared, 0, sizeof file->shm_shared);
    memset(file->shm_exclusive, 0, sizeof file->shm_exclusive);
    drop_shm(file);
}

void bangfu_disk_destroy(int64_t number) {
    disk *disk = find_disk(number);
    if (disk == NULL) return;
    pthread_mutex_lock(&registry_lock);
    disks[number - 1] = NULL;
    pthread_mutex_unlock(&registry_lock);
    for (int i = 0; i < FILES; i++) {
        drop_volatile(&disk->files[i]);
        forget_changes(&disk->files[i]);
        free(disk->files[i].changes);
        free(disk->files[i].content);
    }
    free(disk);
}

/* MARK: Bytes of a file */

static int reserve(file *file, int64_t size) {
    if (size <= file->capacity) return 1;
    int64_t capacity = file->capacity < 65536 ? 65536 : file->capacity;
    while (capacity < size) capacity *= 2;
    uint8_t *content = realloc(file->content, (size_t)capacity);
    if (content == NULL) return 0;
    memset(content + file->capacity, 0, (size_t)(capacity - file->capacity));
    file->content = content;
    file->capacity = capacity;
    return 1;
}

static void put(file *file, int64_t offset, const uint8_t *bytes, int64_t length) {
    if (length <= 0 || !reserve(file, offset + length)) return;
    memcpy(file->content + offset, bytes, (size_t)length);
    if (offset + length > file->size) file->size = offset + length;
}

static void cut(file *file, int64_t size) {
    if (size < file->size) memset(file->content + size, 0, (size_t)(file->size - size));
    if (reserve(file, size)) file->size = size;
}

/* Notes a change and makes it; 0 when there is no memory left. */
static int make_change(file *file, int64_t offset, const uint8_t *bytes, int64_t length) {
    if (file->change_count == file->change_capacity) {
        int64_t capacity = file->change_capacity == 0 ? 64 : file->change_capacity * 2;
        change *more = realloc(file->changes, sizeof(change) * (size_t)capacity);
        if (more == NULL) return 0;
        file->changes = more;
        file->change_capacity = capacity;
    }
    int64_t end = length < 0 ? file->size : offset + length;
    if (end > file->size) end = file->size;
    int64_t old_length = end > offset ? end - offset : 0;
    change noted = {offset, length, file->size, old_length, NULL, NULL};
    if (old_length > 0) {
        noted.old_bytes = malloc((size_t)old_length);
        if (noted.old_bytes == NULL) return 0;
        memcpy(noted.old_bytes, file->content + offset, (size_t)old_length);
    }
    if (length > 0) {
        noted.bytes = malloc((size_t)length);
        if (noted.bytes == NULL || !reserve(file, offset + length)) {
            free(noted.old_bytes);
            free(noted.bytes);
            return 0;
        }
        memcpy(noted.bytes, bytes, (size_t)length);
    }
    if (length < 0) {
        cut(file, offset);
    } else {
        put(file, offset, bytes, length);
    }
    file->changes[file->change_count++] = noted;
    return 1;
}

static void undo_changes(file *file) {
    for (int64_t i = file->change_count - 1; i >= 0; i--) {
        change *change = &file->changes[i];
        cut(file, change->old_size);
        put(file, change->offset, change->old_bytes, change->old_length);
    }
}

/* MARK: Power */

void bangfu_disk_arm(int64_t number, bangfu_operation operation, int64_t count, int after) {
    disk *disk = find_disk(number);
    if (disk == NULL) return;
    disk->armed[operation] = count;
    disk->armed_after[operation] = after;
}

void bangfu_disk_disarm(int64_t number) {
    disk *disk = find_disk(number);
    if (disk != NULL) disk->armed[0] = disk->armed[1] = 0;
}

void bangfu_disk_cut(int64_t number) {
    disk *disk = find_disk(number);
    if (disk != NULL) disk->is_dead = 1;
}

int bangfu_disk_is_dead(int64_t number) {
    disk *disk = find_disk(number);
    return disk == NULL || disk->is_dead;
}

static uint64_t draw(uint64_t *state) {
    uint64_t mixed = (*state += 0x9E3779B97F4A7C15u);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

/* Makes again what survives of the changes; returns how many bytes do not. */
static int64_t redo_survivors(file *file, bangfu_survival survival, uint64_t *state) {
    int64_t lost = 0;
    int64_t whole = survival == BANGFU_SURVIVES_ALL ? file->change_count : 0;
    if (survival == BANGFU_SURVIVES_PREFIX) whole = (int64_t)(draw(state) % (uint64_t)(file->change_count + 1));
    for (int64_t i = 0; i < file->change_count; i++) {
        change *change = &file->changes[i];
        int is_torn = survival == BANGFU_SURVIVES_PIECES || (survival == BANGFU_SURVIVES_PREFIX && i == whole);
        if (change->length < 0) {
            if (i < whole || (is_torn && draw(state) % 2 == 0)) cut(file, change->offset);
            continue;
        }
        for (int64_t done = 0; done < change->length;) {
            int64_t offset = change->offset + done;
            int64_t piece = PIECE - offset % PIECE;
            if (piece > change->length - done) piece = change->length - done;
            if (i < whole || (is_torn && draw(state) % 2 == 0)) {
                put(file, offset, change->bytes + done, piece);
            } else {
                lost += piece;
            }
            done += piece;
        }
    }
    return lost;
}

int64_t bangfu_disk_revive(int64_t number, bangfu_survival survival, uint64_t seed) {
    disk *disk = find_disk(number);
    if (disk == NULL) return 0;
    uint64_t state = seed;
    int64_t lost = 0;
    for (int i = 0; i < FILES; i++) {
        file *file = &disk->files[i];
        drop_volatile(file);
        if (file->change_count > 0) {
            undo_changes(file);
            lost += redo_survivors(file, survival, &state);
            forget_changes(file);
        }
    }
    disk->life++;
    disk->is_dead = 0;
    disk->armed[0] = disk->armed[1] = 0;
    return lost;
}

int64_t bangfu_disk_copy_durable(int64_t number) {
    disk *source = find_disk(number);
    disk *copy = source == NULL ? NULL : calloc(1, sizeof(disk));
    if (copy == NULL) return 0;
    for (int i = 0; i < FILES; i++) {
        file *from = &source->files[i], *to = &copy->files[i];
        memcpy(to->name, from->name, NAME);
        to->exists = from->exists;
        put(to, 0, from->content, from->size);
        for (int64_t j = from->change_count - 1; j >= 0; j--) {
            cut(to, from->changes[j].old_size);
            put(to, from->changes[j].offset, from->changes[j].old_bytes, from->changes[j].old_length);
        }
    }
    int64_t made = add_disk(copy);
    if (made == 0) free(copy);
    return made;
}

void bangfu_disk_limit(int64_t number, int64_t bytes) {
    disk *disk = find_disk(number);
    if (disk != NULL) disk->limit = bytes;
}

int bangfu_disk_is_limited(int64_t number) {
    disk *disk = find_disk(number);
    return disk != NULL && disk->limit > 0;
}

static int64_t used(disk *disk) {
    int64_t bytes = 0;
    for (int i = 0; i < FILES; i++) bytes += disk->files[i].exists ? disk->files[i].size : 0;
    return bytes;
}

int64_t bangfu_disk_used(int64_t number) {
    disk *disk = find_disk(number);
    return disk == NULL ? 0 : used(disk);
}

int64_t bangfu_disk_writes(int64_t number) {
    disk *disk = find_disk(number);
    return disk == NULL ? 0 : disk->writes;
}

int64_t bangfu_disk_syncs(int64_t number) {
    disk *disk = find_disk(number);
    return disk == NULL ? 0 : disk->syncs;
}

static int64_t unsynced(int64_t number, const char *ending) {
    disk *disk = find_disk(number);
    int64_t bytes = 0;
    if (disk == NULL) return 0;
    for (int i = 0; i < FILES; i++) {
        size_t length = strlen(disk->files[i].name), rest = strlen(ending);
        if (length < rest || strcmp(disk->files[i].name + length - rest, ending) != 0) continue;
        for (int64_t j = 0; j < disk->files[i].change_count; j++) {
            if (disk->files[i].changes[j].length > 0) bytes += disk->files[i].changes[j].length;
        }
    }
    return bytes;
}

int64_t bangfu_disk_unsynced_bytes(int64_t number) { return unsynced(number, ""); }

int64_t bangfu_disk_unsynced_log_bytes(int64_t number) { return unsynced(number, "-wal"); }

/* MARK: What SQLite calls */

static int is_gone(handle *handle) { return handle->disk->is_dead || handle->life != handle->disk->life; }

/* Whether the armed operation is this one. */
static int strikes(disk *disk, bangfu_operation operation) {
    return disk->armed[operation] > 0 && --disk->armed[operation] == 0;
}

static int file_close(sqlite3_file *base) { return (void)base, SQLITE_OK; }

static int file_read(sqlite3_file *base, void *target, int count, sqlite3_int64 offset) {
    handle *handle = (void *)base;
    if (is_gone(handle)) return SQLITE_IOERR_READ;
    int64_t rest = handle->file->size - offset;
    if (rest >= count) {
        memcpy(target, handle->file->content + offset, (size_t)count);
        return SQLITE_OK;
    }
    if (rest < 0) rest = 0;
    if (rest > 0) memcpy(target, handle->file->content + offset, (size_t)rest);
    memset((uint8_t *)target + rest, 0, (size_t)(count - rest));
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
    handle *handle = (void *)base;
    if (is_gone(handle)) return SQLITE_IOERR_WRITE;
    disk *disk = handle->disk;
    int64_t growth = offset + count - handle->file->size;
    if (disk->limit > 0 && growth > 0 && used(disk) + growth > disk->limit) return SQLITE_FULL;
    disk->writes++;
    int is_last = strikes(disk, BANGFU_OPERATION_WRITE);
    if (is_last) disk->is_dead = 1;
    if (is_last && !disk->armed_after[BANGFU_OPERATION_WRITE]) return SQLITE_IOERR_WRITE;
    return make_change(handle->file, offset, bytes, count) ? SQLITE_OK : SQLITE_IOERR_NOMEM;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
    handle *handle = (void *)base;
    if (is_gone(handle)) return SQLITE_IOERR_TRUNCATE;
    return make_change(handle->file, size, NULL, -1) ? SQLITE_OK : SQLITE_IOERR_NOMEM;
}

static int file_sync(sqlite3_file *base, int flags) {
    (void)flags;
    handle *handle = (void *)base;
    if (is_gone(handle)) return SQLITE_IOERR_FSYNC;
    disk *disk = handle->disk;
    disk->syncs++;
    int is_last = strikes(disk, BANGFU_OPERATION_SYNC);
    if (is_last) disk->is_dead = 1;
    if (is_last && !disk->armed_after[BANGFU_OPERATION_SYNC]) return SQLITE_IOERR_FSYNC;
    forget_changes(handle->file);
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    handle *handle = (void *)base;
    if (is_gone(handle)) return SQLITE_IOERR_FSTAT;
    *size = handle->file->size;
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *base, int level) {
    handle *handle = (void *)base;
    if (is_gone(handle)) return SQLITE_IOERR_LOCK;
    file *file = handle->file;
    if (level <= handle->lock) return SQLITE_OK;
    if (handle->lock == SQLITE_LOCK_NONE) {
        if (file->exclusive) return SQLITE_BUSY;
        file->shared++;
        handle->lock = SQLITE_LOCK_SHARED;
    }
    if (level >= SQLITE_LOCK_RESERVED && handle->lock < SQLITE_LOCK_RESERVED) {
        if (file->reserved) return SQLITE_BUSY;
        file->reserved = 1;
        handle->lock = SQLITE_LOCK_RESERVED;
    }
    if (level == SQLITE_LOCK_EXCLUSIVE) {
        if (file->shared > 1) return SQLITE_BUSY;
        file->exclusive = 1;
        handle->lock = SQLITE_LOCK_EXCLUSIVE;
    }
    return SQLITE_OK;
}

static int file_unlock(sqlite3_file *base, int level) {
    handle *handle = (void *)base;
    if (handle->life != handle->disk->life) return SQLITE_OK;
    file *file = handle->file;
    if (handle->lock >= SQLITE_LOCK_RESERVED && level < SQLITE_LOCK_RESERVED) {
        file->reserved = 0;
        if (handle->lock == SQLITE_LOCK_EXCLUSIVE) file->exclusive = 0;
    }
    if (handle->lock >= SQLITE_LOCK_SHARED && level == SQLITE_LOCK_NONE) file->shared--;
    if (level < handle->lock) handle->lock = level;
    return SQLITE_OK;
}

static int file_check_reserved(sqlite3_file *base, int *is_reserved) {
    *is_reserved = ((handle *)(void *)base)->file->reserved;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int operation, void *argument) {
    (void)base, (void)operation, (void)argument;
    return SQLITE_NOTFOUND;
}

/* As the unix file system of SQLite says of itself. */
static int file_sector_size(sqlite3_file *base) { return (void)base, 4096; }
static int file_characteristics(sqlite3_file *base) { return (void)base, SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

static int file_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **memory) {
    handle *handle = (void *)base;
    *memory = NULL;
    if (is_gone(handle) || region >= SHM_REGIONS) return SQLITE_IOERR_SHMMAP;
    if (!handle->uses_shm) handle->file->shm_users++;
    handle->uses_shm = 1;
    void **slot = &handle->file->shm[region];
    if (*slot == NULL && extend) {
        *slot = calloc(1, (size_t)size);
        if (*slot == NULL) return SQLITE_IOERR_NOMEM;
    }
    *memory = *slot;
    return SQLITE_OK;
}

static int file_shm_lock(sqlite3_file *base, int first, int count, int flags) {
    handle *handle = (void *)base;
    if (handle->life != handle->disk->life) return (flags & SQLITE_SHM_UNLOCK) ? SQLITE_OK : SQLITE_IOERR_SHMLOCK;
    file *file = handle->file;
    int is_shared = (flags & SQLITE_SHM_SHARED) != 0;
    if ((flags & SQLITE_SHM_LOCK) != 0) {
        for (int i = first; i < first + count; i++) {
            int mine = (handle->shm_shared >> i) & 1;
            if (file->shm_exclusive[i] && !((handle->shm_exclusive >> i) & 1)) return SQLITE_BUSY;
            if (!is_shared && file->shm_shared[i] > mine) return SQLITE_BUSY;
        }
    }
    for (int i = first; i < first + count; i++) {
        uint8_t bit = (uint8_t)(1u << i);
        uint8_t *mine = is_shared ? &handle->shm_shared : &handle->shm_exclusive;
        int *all = is_shared ? file->shm_shared : file->shm_exclusive;
        if ((flags & SQLITE_SHM_LOCK) != 0 && !(*mine & bit)) {
            *mine |= bit;
            all[i]++;
        } else if ((flags & SQLITE_SHM_UNLOCK) != 0 && (*mine & bit)) {
            *mine &= (uint8_t)~bit;
            all[i]--;
        }
    }
    return SQLITE_OK;
}

static void file_shm_barrier(sqlite3_file *base) { (void)base; }

/* The first connection after the last one begins with empty shared memory, as on a real system. */
static int file_shm_unmap(sqlite3_file *base, int is_delete) {
    (void)is_delete;
    handle *handle = (void *)base;
    if (handle->life != handle->disk->life || !handle->uses_shm) return SQLITE_OK;
    handle->uses_shm = 0;
    if (--handle->file->shm_users == 0) drop_shm(handle->file);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* "/7/node.db-wal": disk 7, file "node.db-wal". */
static file *find_file(const char *path, disk **where, int create) {
    if (path == NULL || path[0] != '/') return NULL;
    char *rest = NULL;
    disk *disk = find_disk(strtoll(path + 1, &rest, 10));
    if (disk == NULL || rest == NULL || rest[0] != '/' || strlen(rest + 1) >= NAME) return NULL;
    *where = disk;
    for (int i = 0; i < FILES; i++) {
        if (disk->files[i].exists && strcmp(disk->files[i].name, rest + 1) == 0) return &disk->files[i];
    }
    for (int i = 0; create && i < FILES; i++) {
        file *file = &disk->files[i];
        // A file that was deleted keeps its slot: somebody may still have it open.
        if (file->exists || (file->name[0] != 0 && strcmp(file->name, rest + 1) != 0)) continue;
        strcpy(file->name, rest + 1);
        file->exists = 1;
        return file;
    }
    return NULL;
}

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out_flags) {
    (void)vfs;
    handle *opened = (void *)base;
    memset(opened, 0, sizeof *opened);
    disk *disk = NULL;
    file *file = find_file(path, &disk, (flags & SQLITE_OPEN_CREATE) != 0);
    if (file == NULL || disk->is_dead) return SQLITE_CANTOPEN;
    opened->disk = disk;
    opened->file = file;
    opened->life = disk->life;
    opened->base.pMethods = &methods;
    if (out_flags != NULL) *out_flags = flags;
    return SQLITE_OK;
}

/* Deleting is durable at once: SQLite syncs the folder when it matters. */
static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder) {
    (void)vfs, (void)sync_folder;
    disk *disk = NULL;
    file *file = find_file(path, &disk, 0);
    if (file == NULL) return SQLITE_IOERR_DELETE_NOENT;
    if (disk->is_dead) return SQLITE_IOERR_DELETE;
    forget_changes(file);
    drop_volatile(file);
    cut(file, 0);
    file->exists = 0;
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *result) {
    (void)vfs, (void)flags;
    disk *disk = NULL;
    *result = find_file(path, &disk, 0) != NULL;
    return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int size, char *full) {
    (void)vfs;
    if ((int)strlen(path) >= size) return SQLITE_CANTOPEN;
    strcpy(full, path);
    return SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *vfs, int size, char *bytes) {
    return ((sqlite3_vfs *)vfs->pAppData)->xRandomness(vfs->pAppData, size, bytes);
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) { return (void)vfs, microseconds; }

static int vfs_time(sqlite3_vfs *vfs, double *julian) { return (void)vfs, *julian = 2461000.5, SQLITE_OK; }

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *text) { return (void)vfs, (void)size, (void)text, 0; }

/* Under the registry's lock. */
static int register_vfs(void) {
    static sqlite3_vfs vfs;
    if (vfs.zName != NULL) return 1;
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    if (system == NULL) return 0;
    vfs.iVersion = 1;
    vfs.szOsFile = sizeof(handle);
    vfs.mxPathname = 256;
    vfs.pAppData = system;
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    vfs.xAccess = vfs_access;
    vfs.xFullPathname = vfs_full_path;
    vfs.xRandomness = vfs_randomness;
    vfs.xSleep = vfs_sleep;
    vfs.xCurrentTime = vfs_time;
    vfs.xGetLastError = vfs_last_error;
    vfs.zName = "bangfu-simulated";
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
}
