//go:build !linux || portable

package home

import (
	"os"
	"time"
)

// Here nothing tells who has a file open, so it is always waited; and Cargo asks for
// NFS on Linux only.

func (h *Home) databaseIdle(time.Duration) bool { return false }

func othersWait(*os.File, time.Duration) bool { return false }

func bootTime() time.Duration { return 0 }

func onNFS(*os.File) bool { return false }
