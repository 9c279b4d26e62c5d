#include <stdint.h>

/// When a file was made, in seconds since 1970; 0 where the file system does not say. Foundation gives the time of the last
/// change of its inode instead.
int64_t bangfu_birth_seconds(const char *path);
