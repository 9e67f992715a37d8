// Loaded into a server before everything else: its wall clock is off by as many ms as the file CIRCUITRY_CLOCK_OFFSET
// says (one 64-bit integer), now and whenever that changes. Clocks that only measure how long something takes stay right.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *offset;
static int opened;

static int64_t offset_ms(void) {
  if (!opened) {
    opened = 1;
    const char *name = getenv("CIRCUITRY_CLOCK_OFFSET");
    int file = name ? open(name, O_RDONLY) : -1;
    void *page = file < 0 ? MAP_FAILED : mmap(0, sizeof *offset, PROT_READ, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) offset = page;
  }
  return offset ? *offset : 0;
}

int clock_gettime(clockid_t which, struct timespec *result) {
  int failed = syscall(SYS_clock_gettime, which, result);
  if (failed || (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE)) return failed;
  int64_t ns = (int64_t)result->tv_sec * 1000000000 + result->tv_nsec + offset_ms() * 1000000;
  result->tv_sec = ns / 1000000000;
  result->tv_nsec = ns % 1000000000;
  return 0;
}

int gettimeofday(struct timeval *restrict result, void *restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  result->tv_sec = now.tv_sec;
  result->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}
