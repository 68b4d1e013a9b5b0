/* Preloaded into a program: its wall clock is SECONDS_AHEAD of the machine's, and nothing else
 * changes; waits and the monotonic clock are true. */

#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long ahead;

__attribute__((constructor)) static void begin(void)
{
    const char *given = getenv("SECONDS_AHEAD");
    ahead = given ? atol(given) : 0;
}

int clock_gettime(clockid_t id, struct timespec *now)
{
    int failed = syscall(SYS_clock_gettime, id, now);
    if (!failed && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
        now->tv_sec += ahead;
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec moment;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &moment);
    if (now)
        *now = (struct timeval){moment.tv_sec, moment.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *seconds)
{
    struct timespec moment;
    clock_gettime(CLOCK_REALTIME, &moment);
    if (seconds)
        *seconds = moment.tv_sec;
    return moment.tv_sec;
}
