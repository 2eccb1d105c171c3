/*
 * Records what a program does to the files below one folder, in order, so that a power cut can be staged afterwards at
 * any point of the record. Preloaded into the program: LD_PRELOAD=recorder.so POWER_FOLDER=/x POWER_RECORD=/y.rec
 *
 * Record: u32 operation, u32 bytes of the name, u64 position (or new size), u64 bytes of data; then name and data.
 * Calls are serialised, so that a sync covers exactly what was written before it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 1, WRITE, TRUNCATE, SYNC, UNLINK, RENAME };
enum { FILES = 4096 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *names[FILES];
static int record = -1;
static const char *folder;

__attribute__((constructor)) static void start(void) {
  folder = getenv("POWER_FOLDER");
  const char *path = getenv("POWER_RECORD");
  if (folder && path) record = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0600);
}

static int concerns(const char *path) { return record >= 0 && path && strncmp(path, folder, strlen(folder)) == 0; }
static const char *name_of(int fd) { return record >= 0 && fd >= 0 && fd < FILES ? names[fd] : NULL; }

static void note(uint32_t operation, const char *name, uint64_t position, const void *data, uint64_t bytes) {
  struct { uint32_t operation, name_bytes; uint64_t position, bytes; } head = {operation, strlen(name), position, bytes};
  struct iovec parts[] = {{&head, sizeof head}, {(void *)name, head.name_bytes}, {(void *)data, bytes}};
  if (syscall(SYS_writev, record, parts, 3) < 0) abort();
}

#define REAL(name) (*(__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int opened(int fd, const char *path, int flags, int existed) {
  if (fd < 0 || fd >= FILES || !concerns(path)) return fd;
  free(names[fd]);
  names[fd] = strdup(path);
  if (!existed && (flags & O_CREAT)) note(CREATE, path, 0, "", 0);
  else if (flags & O_TRUNC) note(TRUNCATE, path, 0, "", 0);
  return fd;
}

#define OPEN(name)                                                   \
  int name(const char *path, int flags, ...) {                       \
    va_list rest;                                                    \
    va_start(rest, flags);                                           \
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0; \
    va_end(rest);                                                    \
    pthread_mutex_lock(&lock);                                       \
    struct stat before;                                              \
    int existed = concerns(path) && stat(path, &before) == 0;        \
    int fd = opened(REAL(name)(path, flags, mode), path, flags, existed); \
    pthread_mutex_unlock(&lock);                                     \
    return fd;                                                       \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  pthread_mutex_lock(&lock);
  if (name_of(fd)) { free(names[fd]); names[fd] = NULL; }
  int result = REAL(close)(fd);
  pthread_mutex_unlock(&lock);
  return result;
}

/* Runs `call`, and notes the operation when it succeeded and the file concerns us. */
#define RECORDED(type, fd, call, operation, position, data, bytes) \
  pthread_mutex_lock(&lock);                                       \
  const char *name = name_of(fd);                                  \
  uint64_t at = name ? (uint64_t)(position) : 0;                   \
  type result = call;                                              \
  if (name && result >= 0) note(operation, name, at, data, bytes); \
  pthread_mutex_unlock(&lock);                                     \
  return result;

ssize_t write(int fd, const void *data, size_t bytes) {
  RECORDED(ssize_t, fd, REAL(write)(fd, data, bytes), WRITE, lseek(fd, 0, SEEK_CUR), data, result)
}
ssize_t pwrite(int fd, const void *data, size_t bytes, off_t position) {
  RECORDED(ssize_t, fd, REAL(pwrite)(fd, data, bytes, position), WRITE, position, data, result)
}
ssize_t pwrite64(int fd, const void *data, size_t bytes, off64_t position) {
  RECORDED(ssize_t, fd, REAL(pwrite64)(fd, data, bytes, position), WRITE, position, data, result)
}
int ftruncate(int fd, off_t size) { RECORDED(int, fd, REAL(ftruncate)(fd, size), TRUNCATE, size, "", 0) }
int ftruncate64(int fd, off64_t size) { RECORDED(int, fd, REAL(ftruncate64)(fd, size), TRUNCATE, size, "", 0) }
int fsync(int fd) { RECORDED(int, fd, REAL(fsync)(fd), SYNC, 0, "", 0) }
int fdatasync(int fd) { RECORDED(int, fd, REAL(fdatasync)(fd), SYNC, 0, "", 0) }

int unlink(const char *path) {
  pthread_mutex_lock(&lock);
  int result = REAL(unlink)(path);
  if (result == 0 && concerns(path)) note(UNLINK, path, 0, "", 0);
  pthread_mutex_unlock(&lock);
  return result;
}
int rename(const char *from, const char *to) {
  pthread_mutex_lock(&lock);
  int result = REAL(rename)(from, to);
  if (result == 0 && concerns(from)) note(RENAME, from, 0, to, strlen(to));
  pthread_mutex_unlock(&lock);
  return result;
}
