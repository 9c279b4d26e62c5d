#include "failing_disk.h"

#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

enum { FOLDERS = 64, PATH = 512 };

typedef struct {
    char path[PATH];
    int64_t count;
    int64_t failures;
    bangfu_failing_call call;
    bangfu_failure failure;
    int is_armed, is_lasting;
} folder;

typedef struct {
    sqlite3_file base;
    int folder;
    /* The system's own file follows. */
} handle;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static folder folders[FOLDERS];
static int folder_count;
static sqlite3_vfs *real_vfs;
static sqlite3_vfs vfs;

static sqlite3_file *real(sqlite3_file *base) { return (sqlite3_file *)((handle *)(void *)base + 1); }

/* Whether this call is one that fails. */
static int strikes(sqlite3_file *base, bangfu_failing_call call, bangfu_failure *failure) {
    int number = ((handle *)(void *)base)->folder;
    if (number == 0) return 0;
    pthread_mutex_lock(&lock);
    folder *folder = &folders[number - 1];
    int is_struck = 0;
    if (folder->is_armed && folder->call == call) {
        folder->count--;
        is_struck = folder->count == 0 || (folder->count < 0 && folder->is_lasting);
        if (is_struck) folder->failures++;
        *failure = folder->failure;
    }
    pthread_mutex_unlock(&lock);
    return is_struck;
}

static int file_close(sqlite3_file *base) { return real(base)->pMethods->xClose(real(base)); }

static int file_read(sqlite3_file *base, void *target, int count, sqlite3_int64 offset) {
    bangfu_failure failure;
    int is_struck = strikes(base, BANGFU_FAILS_READ, &failure);
    if (is_struck && failure != BANGFU_FAILURE_SHORT) return SQLITE_IOERR_READ;
    int result = real(base)->pMethods->xRead(real(base), target, count, offset);
    if (!is_struck || result != SQLITE_OK) return result;
    memset((char *)target + count / 2, 0, (size_t)(count - count / 2));
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
    bangfu_failure failure;
    if (!strikes(base, BANGFU_FAILS_WRITE, &failure)) return real(base)->pMethods->xWrite(real(base), bytes, count, offset);
    if (failure == BANGFU_FAILURE_ERROR) return SQLITE_IOERR_WRITE;
    if (failure == BANGFU_FAILURE_SHORT) {
        int result = real(base)->pMethods->xWrite(real(base), bytes, count / 2, offset);
        if (result != SQLITE_OK) return result;
    }
    return SQLITE_FULL;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
    return real(base)->pMethods->xTruncate(real(base), size);
}

static int file_sync(sqlite3_file *base, int flags) {
    bangfu_failure failure;
    if (strikes(base, BANGFU_FAILS_SYNC, &failure)) return SQLITE_IOERR_FSYNC;
    return real(base)->pMethods->xSync(real(base), flags);
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    return real(base)->pMethods->xFileSize(real(base), size);
}

static int file_lock(sqlite3_file *base, int level) { return real(base)->pMethods->xLock(real(base), level); }

static int file_unlock(sqlite3_file *base, int level) { return real(base)->pMethods->xUnlock(real(base), level); }

static int file_check_reserved(sqlite3_file *base, int *is_reserved) {
    return real(base)->pMethods->xCheckReservedLock(real(base), is_reserved);
}

static int file_control(sqlite3_file *base, int operation, void *argument) {
    return real(base)->pMethods->xFileControl(real(base), operation, argument);
}

static int file_sector_size(sqlite3_file *base) { return real(base)->pMethods->xSectorSize(real(base)); }

static int file_characteristics(sqlite3_file *base) { return real(base)->pMethods->xDeviceCharacteristics(real(base)); }

static int file_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **memory) {
    return real(base)->pMethods->xShmMap(real(base), region, size, extend, memory);
}

static int file_shm_lock(sqlite3_file *base, int first, int count, int flags) {
    return real(base)->pMethods->xShmLock(real(base), first, count, flags);
}

static void file_shm_barrier(sqlite3_file *base) { real(base)->pMethods->xShmBarrier(real(base)); }

static int file_shm_unmap(sqlite3_file *base, int is_delete) {
    return real(base)->pMethods->xShmUnmap(real(base), is_delete);
}

/* Without memory-mapped pages: every read is a call. */
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

static int folder_of(const char *path) {
    if (path == NULL) return 0;
    int found = 0;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < folder_count && found == 0; i++) {
        size_t length = strlen(folders[i].path);
        if (strncmp(path, folders[i].path, length) == 0 && path[length] == '/') found = i + 1;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

static int vfs_open(sqlite3_vfs *self, const char *path, sqlite3_file *base, int flags, int *out_flags) {
    (void)self;
    handle *opened = (void *)base;
    memset(opened, 0, sizeof *opened);
    opened->folder = folder_of(path);
    int result = real_vfs->xOpen(real_vfs, path, real(base), flags, out_flags);
    if (real(base)->pMethods != NULL) opened->base.pMethods = &methods;
    return result;
}

/* Under the lock: takes the place of SQLite's default, and asks it for everything but files. */
static int register_vfs(void) {
    if (real_vfs != NULL) return 1;
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    if (system == NULL) return 0;
    vfs = *system;
    vfs.pNext = NULL;
    vfs.zName = "bangfu-failing";
    vfs.szOsFile = (int)sizeof(handle) + system->szOsFile;
    vfs.xOpen = vfs_open;
    real_vfs = system;
    return sqlite3_vfs_register(&vfs, 1) == SQLITE_OK;
}

int bangfu_failing_watch(const char *path) {
    pthread_mutex_lock(&lock);
    int number = 0;
    if (folder_count < FOLDERS && strlen(path) < PATH && register_vfs()) {
        folder *folder = &folders[folder_count];
        memset(folder, 0, sizeof *folder);
        strcpy(folder->path, path);
        number = ++folder_count;
    }
    pthread_mutex_unlock(&lock);
    return number;
}

void bangfu_failing_arm(int number, bangfu_failing_call call, bangfu_failure failure, int64_t count, int lasting) {
    pthread_mutex_lock(&lock);
    folder *folder = &folders[number - 1];
    folder->call = call;
    folder->failure = failure;
    folder->count = count;
    folder->is_lasting = lasting;
    folder->failures = 0;
    folder->is_armed = 1;
    pthread_mutex_unlock(&lock);
}

void bangfu_failing_disarm(int number) {
    pthread_mutex_lock(&lock);
    folders[number - 1].is_armed = 0;
    pthread_mutex_unlock(&lock);
}

int64_t bangfu_failing_failures(int number) {
    pthread_mutex_lock(&lock);
    int64_t failures = folders[number - 1].failures;
    pthread_mutex_unlock(&lock);
    return failures;
}
