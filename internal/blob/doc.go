// Package blob is a store of objects: bytes that have a name, in an S3 bucket, or in a
// folder that is used like one.
//
//	s3://BUCKET/PREFIX   AWS S3, and what speaks as it does: Ceph, R2, versitygw
//	file:///DIR          a folder, of this machine or shared by several
//
// An object is there as a whole or not at all, and who reads one that others replace finds
// the old or the new one. It has a tag, which is another each time that it is replaced.
// Many may write at once, and there is no lock: what keeps them apart is
//
//	PutNew       of several that create an object one does, the others get [ErrExists]
//	PutIf        of several that replace what they have read one does, the others get [ErrChanged]
//
// A store that does not keep that loses what one of them wrote, and does not tell: [Probe]
// finds out.
//
// # S3
//
// Objects are put by one call each, whose signature covers the SHA-256 of the content, so
// that a store does not take what was damaged on the way. Conditions are If-None-Match: *
// and If-Match (S3 API: PutObject); the tag is the ETag. What fails for a reason that may
// pass is tried again, a few times. A call that hangs ends after a minute without a byte.
//
// A put whose answer is lost may be done or not. It is made again, which its condition makes
// safe: if it is done the condition is broken. To tell that from another's put each bears a
// mark, x-amz-meta-cargohome-put, which is looked at then, and only then.
//
// AWS says where a bucket is if that was not said, and is asked there. No other answer leads
// anywhere: redirects are errors. A list that is not in order, or does not end, is one too.
//
// The client is ours. It makes five calls; libraries make the start of each command longer,
// also of those that never see a bucket. With minio-go 7.4, whose packages compile regular
// expressions and look at the processor when a program starts, --version took 7.0, 7.3 and
// 7.3 ms (medians of 100 runs), with this 5.8, 5.8 and 5.8, with no S3 at all 5.7, 5.6 and
// 5.8. Of AWS's library the signer alone is used, whose inits take 0.03 ms.
//
// Where the store is, and who asks, is said by what other programs are told it by:
// AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, AWS_REGION or AWS_DEFAULT_REGION;
// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or else the profile
// AWS_PROFILE of AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials). Without any of these it is
// AWS, and what everybody may read. Services and programs that give out keys are not asked.
//
// # Folders
//
// An object is a file. It is written beside, synced, and gets its name by a hard link if it
// must not be there, and by renaming if it is to be replaced: under a lock of the folder
// (flock), without which nothing is replaced. The tag is when it was modified, and its size:
// of what is replaced the time always goes on. No name leads out of the folder.
package blob
