package fsx

import "syscall"

// largeFile lets programs of 32 bits open what has 2 GiB or more; os.Open gives it, the
// methods of os.Root do not.
const largeFile = syscall.O_LARGEFILE
