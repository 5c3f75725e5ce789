/*
 * Stands between a process and one of its files (the one whose path ends in SHIM_FILE), by LD_PRELOAD.
 *
 * It fails what it is told to: SHIM_CONTROL names a file that may hold one line, `CALL ERRNO COUNT`, read again at each
 * call. CALL is write (of the file, by any call), grow (a write that reaches beyond the end of the file, as on a disk that is
 * full), sync (of the file: fsync, fdatasync, and writes through a descriptor that was opened with O_SYNC or O_DSYNC), short (a
 * write stops half-way), or space (nothing fails, but no space is left when the file system is asked). COUNT: how many calls
 * that this process makes succeed before. A line that is changed counts anew.
 *
 * With SHIM_COPY_ON_WRITE every file system says that it is btrfs.
 *
 * It records what reaches the file: SHIM_LOG names a file that gets, for each call, in the order in which they happened,
 *   kind (1 byte), offset (8), length (4), and the bytes that were written, where there are any:
 *   W written; D about to be written through to the disk, d done so; S a flush begins, s it ends; T cut to a length;
 *   A written to stdout (what the process tells others).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#define FDS 4096
static char watched[FDS]; /* 1: ordinary, 2: writes through */
static int log_fd = -1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static const char *file_name(void) {
  const char *name = getenv("SHIM_FILE");
  return name ? name : "data.mdb";
}

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static ssize_t raw_write(int fd, const void *bytes, size_t length) {
  REAL(ssize_t, "write", int, const void *, size_t);
  return real(fd, bytes, length);
}

static int raw_open(const char *path, int flags, int mode) {
  REAL(int, "open", const char *, int, int);
  return real(path, flags, mode);
}

/* With `mutex` held. */
static void record(char kind, int64_t offset, const struct iovec *parts, int count, size_t length) {
  if (log_fd == -1) {
    const char *path = getenv("SHIM_LOG");
    log_fd = path ? raw_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -2;
  }
  if (log_fd < 0) return;
  unsigned char *bytes = malloc(13 + length);
  uint32_t length32 = (uint32_t)length;
  size_t at = 13;
  bytes[0] = (unsigned char)kind;
  memcpy(bytes + 1, &offset, 8);
  memcpy(bytes + 9, &length32, 4);
  for (int i = 0; i < count && at < 13 + length; i++) {
    size_t part = parts[i].iov_len < 13 + length - at ? parts[i].iov_len : 13 + length - at;
    memcpy(bytes + at, parts[i].iov_base, part);
    at += part;
  }
  if (raw_write(log_fd, bytes, 13 + length) != (ssize_t)(13 + length)) abort();
  free(bytes);
}

/* With `mutex` held. The errno to fail with; 0: do it; -1: do half of it. */
static int told_to_fail(const char *what, int writes) {
  static char line[128];
  static long calls;
  const char *path = getenv("SHIM_CONTROL");
  if (!path) return 0;
  int fd = raw_open(path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return 0;
  char now[128] = {0};
  ssize_t got = read(fd, now, sizeof now - 1);
  close(fd);
  if (got <= 0) return 0;
  if (strcmp(now, line)) {
    strcpy(line, now);
    calls = 0;
  }
  char call[16];
  int error;
  long before;
  if (sscanf(now, "%15s %d %ld", call, &error, &before) != 3) return 0;
  int half = !strcmp(call, "short");
  if (half ? !writes : strcmp(call, what)) return 0;
  if (calls++ < before) return 0;
  return half ? -1 : error;
}

static void watch(int fd, const char *path, int flags) {
  const char *name = file_name();
  if (fd < 0 || fd >= FDS) return;
  size_t length = strlen(path), end = strlen(name);
  int is_file = length >= end && !strcmp(path + length - end, name);
  watched[fd] = is_file ? ((flags & (O_SYNC | O_DSYNC)) ? 2 : 1) : 0;
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(int, #name, const char *, int, int); \
    va_list list; \
    va_start(list, flags); \
    int mode = va_arg(list, int); \
    va_end(list); \
    int fd = real(path, flags, mode); \
    watch(fd, path, flags); \
    return fd; \
  }
OPEN(open)
OPEN(open64)

/* LMDB turns an ordinary descriptor into one that writes through, where it may. */
static int kind_of(int fd) {
  if (fd < 0 || fd >= FDS || !watched[fd]) return 0;
  if (watched[fd] == 1) {
    int flags = fcntl(fd, F_GETFL);
    if (flags != -1 && (flags & O_DSYNC)) watched[fd] = 2;
  }
  return watched[fd];
}

int close(int fd) {
  REAL(int, "close", int);
  if (fd >= 0 && fd < FDS) watched[fd] = 0;
  return real(fd);
}

static ssize_t write_at(int fd, const struct iovec *parts, int count, off_t offset) {
  REAL(ssize_t, "pwritev", int, const struct iovec *, int, off_t);
  int kind = kind_of(fd);
  if (!kind) return real(fd, parts, count, offset);
  size_t length = 0;
  for (int i = 0; i < count; i++) length += parts[i].iov_len;
  pthread_mutex_lock(&mutex);
  int fail = told_to_fail(kind == 2 ? "sync" : "write", 1);
  struct stat now;
  if (!fail && kind == 1 && fstat(fd, &now) == 0 && offset + (off_t)length > now.st_size) fail = told_to_fail("grow", 0);
  ssize_t done;
  if (fail > 0) {
    /* What is to be flushed at once has reached the cache when the flush fails. */
    if (kind == 2) {
      done = real(fd, parts, count, offset);
      if (done > 0) record('W', offset, parts, count, (size_t)done);
    }
    errno = fail;
    done = -1;
  } else if (fail == -1 && length > 1) {
    struct iovec half = {parts[0].iov_base, parts[0].iov_len < length / 2 ? parts[0].iov_len : length / 2};
    done = real(fd, &half, 1, offset);
    if (done > 0) record('W', offset, &half, 1, (size_t)done);
  } else if (kind == 2) {
    record('D', offset, parts, count, length);
    done = real(fd, parts, count, offset);
    int error = errno;
    record('d', offset, 0, 0, 0);
    errno = error;
  } else {
    done = real(fd, parts, count, offset);
    int error = errno;
    if (done > 0) record('W', offset, parts, count, (size_t)done);
    errno = error;
  }
  pthread_mutex_unlock(&mutex);
  return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  struct iovec one = {(void *)bytes, length};
  return write_at(fd, &one, 1, offset);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) { return pwrite(fd, bytes, length, offset); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  return write_at(fd, parts, count, offset);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t offset) {
  return write_at(fd, parts, count, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(ssize_t, "writev", int, const struct iovec *, int);
  if (!kind_of(fd)) return real(fd, parts, count);
  off_t offset = lseek(fd, 0, SEEK_CUR);
  ssize_t done = write_at(fd, parts, count, offset);
  if (done > 0) lseek(fd, offset + done, SEEK_SET);
  return done;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  struct iovec one = {(void *)bytes, length};
  if (kind_of(fd)) return writev(fd, &one, 1);
  if (fd != 1) return raw_write(fd, bytes, length);
  pthread_mutex_lock(&mutex);
  record('A', 0, &one, 1, length);
  pthread_mutex_unlock(&mutex);
  return raw_write(fd, bytes, length);
}

static int flush(int fd, int (*real)(int)) {
  if (!kind_of(fd)) return real(fd);
  pthread_mutex_lock(&mutex);
  int fail = told_to_fail("sync", 0);
  int done = -1;
  if (fail > 0) errno = fail;
  else {
    /* Others may write while this is under way: what they write is not sure to be flushed. */
    record('S', 0, 0, 0, 0);
    pthread_mutex_unlock(&mutex);
    done = getenv("SHIM_LOG") ? 0 : real(fd); /* where all is recorded, nothing need be flushed */
    pthread_mutex_lock(&mutex);
    record('s', 0, 0, 0, 0);
  }
  int error = errno;
  pthread_mutex_unlock(&mutex);
  errno = error;
  return done;
}

int fdatasync(int fd) {
  REAL(int, "fdatasync", int);
  return flush(fd, real);
}
int fsync(int fd) {
  REAL(int, "fsync", int);
  return flush(fd, real);
}

int ftruncate(int fd, off_t length) {
  REAL(int, "ftruncate", int, off_t);
  if (!kind_of(fd)) return real(fd, length);
  pthread_mutex_lock(&mutex);
  int done = real(fd, length);
  if (done == 0) record('T', length, 0, 0, 0);
  pthread_mutex_unlock(&mutex);
  return done;
}
int ftruncate64(int fd, off_t length) { return ftruncate(fd, length); }

#define STATFS(name, type) \
  int name(const char *path, struct type *found) { \
    REAL(int, #name, const char *, struct type *); \
    int done = real(path, found); \
    if (done != 0 || !getenv("SHIM_COPY_ON_WRITE")) return done; \
    found->f_type = 0x9123683e; \
    pthread_mutex_lock(&mutex); \
    if (told_to_fail("space", 0)) found->f_bavail = 0; \
    pthread_mutex_unlock(&mutex); \
    return done; \
  }
STATFS(statfs, statfs)
#ifdef __GLIBC__
STATFS(statfs64, statfs64)
#endif
