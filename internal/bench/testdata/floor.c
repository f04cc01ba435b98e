/* floor: the least that a cold `vendor` must do, as tight as C allows.

     floor LIST DIR THREADS

   LIST names an archive on each line. Of each: read it, hash it, inflate it, walk
   the tar, hash each file and write it below DIR, write a list of the hashes. There
   is no lockfile, no index, no filter, no mode, no time, no temporary folder, and
   nothing is checked: the archives must be good ones.

   cc -O2 -o floor floor.c -ldeflate -lcrypto -lpthread */

#define _GNU_SOURCE
#include <fcntl.h>
#include <libdeflate.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 512, MAX_PATH = 8192, MAX_ARCHIVES = 100000, MAX_THREADS = 64, RECORD = 64 << 20 };

static char *archives[MAX_ARCHIVES];
static int count;
static atomic_int next; /* index of the archive to be taken next */
static int out;         /* the folder DIR */

static void fail(const char *what) {
	perror(what);
	exit(1);
}

/* A worker reuses its buffers for all archives that it takes. */
struct worker {
	struct libdeflate_decompressor *inflate;
	unsigned char *archive, *tar;
	size_t archive_cap, tar_cap;
	char *record; /* the list of hashes; one of 64 MiB is never outgrown */
	size_t record_len;
	char parent[MAX_PATH]; /* the folder made last */
};

static void *grow(void *buf, size_t *cap, size_t want) {
	if (want <= *cap)
		return buf;
	*cap = want + want / 2;
	free(buf);
	buf = malloc(*cap);
	if (!buf)
		fail("malloc");
	return buf;
}

static void write_file(const char *name, const void *data, size_t size) {
	int f = openat(out, name, O_WRONLY | O_CREAT | O_EXCL, 0644);
	if (f < 0 || write(f, data, size) != (ssize_t)size)
		fail(name);
	close(f);
}

/* make_parents makes the folders above a file, unless the last file was in the same. */
static void make_parents(struct worker *w, char *name) {
	char *end = strrchr(name, '/');
	if (!end)
		return;
	*end = 0;
	if (strcmp(name, w->parent)) {
		strcpy(w->parent, name);
		for (char *p = name; (p = strchr(p, '/')); p++) {
			*p = 0;
			mkdirat(out, name, 0755);
			*p = '/';
		}
		mkdirat(out, name, 0755);
	}
	*end = '/';
}

static void add_to_record(struct worker *w, const char *name, const unsigned char *hash) {
	char *p = w->record + w->record_len;
	p += sprintf(p, "\"%s\":\"", name);
	for (int i = 0; i < SHA256_DIGEST_LENGTH; i++)
		p += sprintf(p, "%02x", hash[i]);
	p += sprintf(p, "\",");
	w->record_len = p - w->record;
}

static size_t octal(const char *field, int len) {
	size_t n = 0;
	for (int i = 0; i < len && field[i]; i++)
		if (field[i] >= '0' && field[i] <= '7')
			n = n * 8 + (field[i] - '0');
	return n;
}

/* entry_name: the GNU record before it, if any, has the whole name. */
static void entry_name(char *name, const char *header, char *long_name) {
	int ustar = !memcmp(header + 257, "ustar", 6);
	if (long_name[0])
		strcpy(name, long_name);
	else if (ustar && header[345])
		snprintf(name, MAX_PATH, "%.155s/%.100s", header + 345, header);
	else
		snprintf(name, MAX_PATH, "%.100s", header);
	long_name[0] = 0;
}

static void unpack(struct worker *w, size_t size) {
	char name[MAX_PATH], long_name[MAX_PATH] = "";
	unsigned char hash[SHA256_DIGEST_LENGTH];
	for (size_t at = 0; at + BLOCK <= size;) {
		const char *header = (char *)w->tar + at;
		if (!header[0])
			return;
		size_t len = octal(header + 124, 12);
		char type = header[156];
		unsigned char *data = w->tar + at + BLOCK;
		if (type == 'L') {
			memcpy(long_name, data, len);
			long_name[len] = 0;
		} else if (type == '0' || type == 0) {
			entry_name(name, header, long_name);
			SHA256(data, len, hash);
			make_parents(w, name);
			write_file(name, data, len);
			add_to_record(w, name, hash);
		}
		at += BLOCK + (len + BLOCK - 1) / BLOCK * BLOCK;
	}
}

static size_t read_archive(struct worker *w, const char *path) {
	unsigned char hash[SHA256_DIGEST_LENGTH];
	struct stat st;
	int f = open(path, O_RDONLY);
	if (f < 0 || fstat(f, &st))
		fail(path);
	w->archive = grow(w->archive, &w->archive_cap, st.st_size);
	if (read(f, w->archive, st.st_size) != st.st_size)
		fail(path);
	close(f);
	SHA256(w->archive, st.st_size, hash);
	return st.st_size;
}

/* inflate relies on the size that ends a gzip file. */
static size_t inflate(struct worker *w, size_t size, const char *path) {
	unsigned int want;
	size_t got;
	memcpy(&want, w->archive + size - 4, 4);
	w->tar = grow(w->tar, &w->tar_cap, want);
	if (libdeflate_gzip_decompress(w->inflate, w->archive, size, w->tar, w->tar_cap, &got)) {
		fprintf(stderr, "%s: cannot be inflated\n", path);
		exit(1);
	}
	return got;
}

/* write_record: the first part of the folder made last is that of the package. */
static void write_record(struct worker *w) {
	char name[MAX_PATH];
	snprintf(name, sizeof name, "%.*s/.cargo-checksum.json", (int)strcspn(w->parent, "/"), w->parent);
	write_file(name, w->record, w->record_len);
}

static void *work(void *unused) {
	struct worker w = {.inflate = libdeflate_alloc_decompressor(), .record = malloc(RECORD)};
	for (int i; (i = atomic_fetch_add(&next, 1)) < count;) {
		w.record_len = 0;
		size_t size = read_archive(&w, archives[i]);
		unpack(&w, inflate(&w, size, archives[i]));
		write_record(&w);
	}
	return unused;
}

static void read_list(const char *path) {
	char line[MAX_PATH];
	FILE *list = fopen(path, "r");
	if (!list)
		fail(path);
	while (count < MAX_ARCHIVES && fgets(line, sizeof line, list)) {
		line[strcspn(line, "\n")] = 0;
		archives[count++] = strdup(line);
	}
	fclose(list);
}

int main(int argc, char **argv) {
	pthread_t threads[MAX_THREADS];
	if (argc != 4) {
		fprintf(stderr, "usage: floor LIST DIR THREADS\n");
		return 2;
	}
	read_list(argv[1]);
	mkdir(argv[2], 0755);
	out = open(argv[2], O_RDONLY | O_DIRECTORY);
	if (out < 0)
		fail(argv[2]);
	int n = atoi(argv[3]);
	if (n < 1 || n > MAX_THREADS)
		n = 1;
	for (int i = 0; i < n; i++)
		pthread_create(&threads[i], 0, work, 0);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], 0);
	return 0;
}
