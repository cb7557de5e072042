"""What each system call gets: run, run with checked arguments, refused, or pretended."""

import errno

ALLOWED = frozenset(
    """
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 close close_range
    lseek fstat stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat
    mkdir mkdirat rmdir rename renameat renameat2 unlink unlinkat ftruncate fallocate fsync
    fdatasync flock getdents getdents64 getcwd chdir fchdir umask statfs fstatfs fadvise64
    mmap mprotect munmap mremap brk madvise msync mincore rt_sigaction rt_sigprocmask
    rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack pipe pipe2 dup dup2
    dup3 select pselect6 poll ppoll epoll_create epoll_create1 epoll_ctl epoll_wait
    epoll_pwait epoll_pwait2 eventfd eventfd2 timerfd_create timerfd_settime timerfd_gettime
    nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times alarm pause
    getitimer setitimer getpid getppid gettid getuid geteuid getgid getegid getresuid
    getresgid getgroups getpgrp getpgid getsid getpriority getrlimit getrusage uname sysinfo
    getcpu getrandom capget sched_yield sched_getaffinity sched_getparam sched_getscheduler
    sched_get_priority_max sched_get_priority_min futex set_robust_list get_robust_list
    set_tid_address rseq membarrier arch_prctl restart_syscall wait4 waitid exit exit_group
    recvfrom shutdown getsockname getpeername getsockopt
    """.split()
)
"""Calls that touch only this process, its open files, or paths that Landlock judges."""

REFUSED = frozenset(
    """
    fork vfork execve execveat socket connect bind listen accept accept4 sendmsg recvmsg
    sendmmsg recvmmsg setsockopt creat symlink symlinkat link linkat mknod mknodat tkill
    rt_sigqueueinfo rt_tgsigqueueinfo ptrace process_vm_readv process_vm_writev
    process_madvise kcmp pidfd_open pidfd_getfd pidfd_send_signal memfd_create memfd_secret
    shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd msgrcv msgctl
    mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr splice tee vmsplice
    sendfile copy_file_range io_uring_setup io_uring_enter io_uring_register io_setup
    io_submit io_destroy io_cancel keyctl add_key request_key bpf userfaultfd perf_event_open
    fanotify_init fanotify_mark inotify_init inotify_init1 inotify_add_watch mount umount2
    pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr
    name_to_handle_at open_by_handle_at unshare setns setuid setgid setreuid setregid
    setresuid setresgid setgroups setfsuid setfsgid capset setpgid setsid setpriority
    sched_setscheduler sched_setparam sched_setattr ioprio_set setrlimit sync syncfs
    sync_file_range mlock mlock2 mlockall mbind set_mempolicy migrate_pages move_pages
    personality seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self
    reboot init_module finit_module delete_module kexec_load swapon swapoff acct quotactl
    syslog settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname vhangup
    iopl ioperm modify_ldt lookup_dcookie
    """.split()
)
"""Calls that answer EPERM: processes, sockets, devices, keys, shared memory, other processes."""

PRETENDED = frozenset(
    """
    chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat
    futimesat
    """.split()
)
"""Calls that answer success and do nothing: libraries call them, Landlock cannot judge them."""

UNSUPPORTED = frozenset(
    """
    setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr getxattr lgetxattr
    fgetxattr listxattr llistxattr flistxattr
    """.split()
)
"""Calls that answer ENOTSUP, as on a file system without extended attributes."""

ANSWERS = {
    **dict.fromkeys(REFUSED, errno.EPERM),
    **dict.fromkeys(PRETENDED, 0),
    **dict.fromkeys(UNSUPPORTED, errno.ENOTSUP),
}
"""The error number that a call gets without being run; 0 is a pretended success."""
