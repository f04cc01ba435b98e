package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"cargohome/internal/compat"
	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/registry"
	"cargohome/internal/serve"
	"cargohome/internal/staging"
	"cargohome/internal/ui"
	"cargohome/internal/usage"
)

const serveHelp = `Serve what is held as a registry, over HTTP/1.1 and HTTP/2, until the process is told to
end. 'cargo add', 'cargo update', 'cargo search' and builds take packages from it, and what
it does not have cargo does not find.

All archives of the Cargo home are served, or of the sources: Cargo homes, bundles of
'cargohome pack', local registries, mirrors, of which the first counts. Each archive is
read before it is first served, and must be what the index says; index lines are those of
the registry. Of a small bundle archives are made when their crate is asked for. What
changes there is seen at once. Nothing is written. s3://BUCKET/PREFIX is a store of objects
that 'cargohome mirror' has filled, which any number may serve; of that what changes is
seen within two seconds.

The registry NAME, such as crates-io, is below /NAME, the repositories of a home below /git.
The configuration that makes cargo use it is printed on stdout. The page at / shows what is
held, and how to use it. /healthz answers, and /metrics is for Prometheus.

SIGINT and SIGTERM end it when what is being answered is; SIGHUP has it read the certificate
and the tokens again. A socket that systemd passes takes the place of --listen.`

const serveExample = `  cargohome serve
  cargohome serve /srv/mirror --listen 0.0.0.0:8000 --url https://example.com
  cargohome serve home.tar.zst --listen 127.0.0.1:0 --log text
  cargohome serve s3://crates/held --cache 10GiB
  cargohome serve --tls-cert cert.pem --tls-key key.pem --token-file tokens`

// serveOptions are the flags of serve.
type serveOptions struct {
	projectFlags
	ageFlags
	sources   []string // as typed
	listen    string
	url       string
	cert, key string
	tokenFile string
	log       string
	cache     string
}

func newServe(r *run) *cobra.Command {
	opts := &serveOptions{}
	cmd := &cobra.Command{
		Use:     "serve [SOURCE]...",
		Short:   "Serve what is held as a registry, over HTTP",
		Long:    serveHelp,
		Example: serveExample,
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.sources = args
			return r.serve(cmd.Context(), opts)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&opts.listen, "listen", "127.0.0.1:8000", "listen on `HOST:PORT`; the port 0 is any that is free")
	flags.StringVar(&opts.url, "url", "", "clients find the server at `URL`, as behind a proxy (default: whatever each calls it)")
	flags.StringVar(&opts.cert, "tls-cert", "", "serve over TLS with the certificate, and those that vouch for it, in `FILE` (PEM)")
	flags.StringVar(&opts.key, "tls-key", "", "the private key of the certificate, in `FILE` (PEM)")
	flags.StringVar(&opts.tokenFile, "token-file", "", "answer only those who have one of the tokens in `FILE`, one a line")
	flags.StringVar(&opts.log, "log", "", "print each request on stderr as `FORMAT`: text or json")
	flags.StringVar(&opts.cache, "cache", "1GiB", "keep archives of a store of objects, or of a small bundle, on this machine, up to `SIZE` of them")
	opts.ageFlags.register(cmd)
	opts.projectFlags.register(cmd)
	_ = cmd.RegisterFlagCompletionFunc("log", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// serveJob is one run of serve.
type serveJob struct {
	opts    *serveOptions
	home    *home.Home
	cfg     *config.Config
	bundles bundles
	held    registry.LiveOptions
	store   string // in place of that, if a store of objects is served: its URL
	metrics serve.Metrics
	secrets secrets
	url     string // of --url
	limit   int64  // of --cache, in bytes
}

// serve carries out the command.
func (r *run) serve(ctx context.Context, opts *serveOptions) error {
	job, err := r.newServeJob(opts)
	if err != nil {
		return err
	}
	defer job.home.Close()
	defer job.bundles.close()
	if err := r.findHeld(ctx, job); err != nil {
		return err
	}
	if job.store != "" {
		replica, err := r.openReplica(ctx, job)
		if err != nil {
			return err
		}
		return r.serveHeld(ctx, job, replica)
	}
	live, err := registry.NewLive(&job.held)
	if err != nil {
		return err
	}
	defer live.Close()
	return r.serveHeld(ctx, job, live)
}

func (r *run) serveHeld(ctx context.Context, job *serveJob, held serve.Held) error {
	listeners, address, err := r.listen(ctx, job)
	if err != nil {
		return err
	}
	return r.serveOn(ctx, job, held, listeners, address)
}

// newServeJob reads the flags, the configuration and the secrets.
func (r *run) newServeJob(opts *serveOptions) (*serveJob, error) {
	job := &serveJob{opts: opts, secrets: secrets{cert: r.given(opts.cert), key: r.given(opts.key), tokens: r.given(opts.tokenFile)}}
	job.bundles.in = func() (staging.In, error) { return staging.At(os.TempDir()), nil }
	var err error
	switch {
	case (opts.cert == "") != (opts.key == ""):
		return nil, usagef("--tls-cert and --tls-key go together")
	case opts.log != "" && opts.log != "text" && opts.log != "json":
		return nil, usagef("--log is %q; it may be text or json", opts.log)
	case checkListen(opts.listen) != nil:
		return nil, usagef("--listen %q: %w", opts.listen, checkListen(opts.listen))
	case opts.url != "":
		if job.url, err = registry.ParseURL(opts.url); err != nil {
			return nil, usagef("--url: %w", err)
		}
	}
	if job.limit, err = usage.ParseSize(opts.cache); err != nil {
		return nil, usagef("--cache: %w", err)
	}
	if _, err := opts.before(time.Now()); err != nil {
		return nil, err
	}
	if err := job.secrets.read(); err != nil {
		return nil, missing("file", err)
	}
	if job.home, job.cfg, err = r.openHome(); err == nil {
		r.warn(job.cfg)
	}
	return job, err
}

// checkListen refuses what is no address for any machine.
func checkListen(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return errors.New("it is HOST:PORT, as 127.0.0.1:8000")
	}
	return nil
}

// given is the path of a flag, "" if it was not given.
func (r *run) given(path string) string {
	if path == "" {
		return ""
	}
	return r.path(path)
}

// findHeld says what is served.
func (r *run) findHeld(ctx context.Context, job *serveJob) error {
	o := &job.held
	o.Names.Configured = job.cfg.Registries()
	o.Jobs = r.flags.jobs
	if o.Jobs == 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	o.Read = job.metrics.Read
	o.LeftOut = func(l registry.LeftOut) {
		job.metrics.LeftOut()
		r.out.LeftOut(l)
	}
	if job.opts.asOf != "" || job.opts.minAge != "" {
		o.AsOf = func() time.Time {
			at, _ := job.opts.before(time.Now()) // which was tried
			return at
		}
	}
	if err := r.addLocked(job); err != nil {
		return err
	}
	return r.addPlaces(ctx, job)
}

// addLocked adds what lockfiles name.
func (r *run) addLocked(job *serveJob) error {
	if !job.opts.given() {
		return nil
	}
	p, err := r.findProject(&job.opts.projectFlags, job.home, job.cfg, compat.Rule{})
	if err == nil {
		job.held.Locked, err = r.lockedOf(p)
	}
	return err
}

// addPlaces finds out what the sources are.
func (r *run) addPlaces(ctx context.Context, job *serveJob) error {
	if len(job.opts.sources) == 0 {
		job.held.Places = []registry.Place{{Home: job.home.Dir()}}
		return checkCache(job.home)
	}
	job.bundles.live, job.bundles.limit = r.countBundles(job.opts.sources) == 1, job.limit
	for _, source := range job.opts.sources {
		if job.store = r.storeURL(source); job.store != "" && len(job.opts.sources) > 1 {
			return usagef("a store of objects is served alone: mirror the others into it")
		} else if job.store != "" {
			return nil
		}
		place, err := r.place(ctx, job, source)
		if err != nil {
			return err
		}
		if place != (registry.Place{}) {
			job.held.Places = append(job.held.Places, place)
		}
	}
	job.held.Known = job.bundles.known
	return nil
}

// countBundles counts the sources that are bundles.
func (r *run) countBundles(sources []string) (n int) {
	for _, source := range sources {
		if place, err := r.findSource(source); err == nil && place == (registry.Place{}) {
			n++
		}
	}
	return n
}

// place finds out what a source is; of bundles the first stands for all.
func (r *run) place(ctx context.Context, job *serveJob, source string) (registry.Place, error) {
	place, err := r.findSource(source)
	switch {
	case err != nil:
		return place, err
	case place == registry.Place{}:
		isNew, err := r.addBundle(ctx, &job.bundles, source)
		if isNew {
			place.Home, place.Packed = job.bundles.home.Dir(), job.bundles.packed
		}
		return place, err
	case place.Home != "":
		if err := checkCache(home.New(place.Home)); err != nil {
			return place, fmt.Errorf("%s: it is no bundle, mirror or local registry, and %w", source, err)
		}
	}
	return place, nil
}

// checkCache makes sure that a folder is a home of which archives can be read.
func checkCache(h *home.Home) error {
	if err := h.Check(); err != nil {
		return err
	}
	return h.CheckReadable(home.CachePath)
}

// listen opens what is listened on. The address is where that is, as a URL.
func (r *run) listen(ctx context.Context, job *serveJob) (list []net.Listener, address string, err error) {
	list, err = serve.Activated(r.sys.lookupEnv)
	if err == nil && len(list) == 0 {
		var l net.Listener
		l, err = new(net.ListenConfig).Listen(ctx, "tcp", job.opts.listen)
		list = append(list, l)
	}
	if err != nil {
		return nil, "", ui.WithHint(fmt.Errorf("cannot listen: %w", err), "name another address with --listen; the port 0 is any that is free")
	}
	scheme := "http://"
	if job.secrets.cert != "" {
		scheme = "https://"
	}
	return list, scheme + hostOf(list[0].Addr()), nil
}

// hostOf is what others on the machine, or on the network, may call an address.
func hostOf(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return "localhost"
	}
	if !tcp.IP.IsUnspecified() {
		return tcp.String()
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	return net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}

// serveOn says where the registries are, and serves them.
func (r *run) serveOn(ctx context.Context, job *serveJob, live serve.Held, list []net.Listener, address string) error {
	o := &serve.Options{Held: live, Names: job.held.Names, URL: job.url, Address: address, Tokens: job.secrets.current.tokens, Trouble: r.out.Trouble}
	for _, place := range job.held.Places {
		if place.Home != "" {
			o.Homes = append(o.Homes, place.Home)
		}
	}
	if job.opts.log != "" {
		o.Log = r.out.RequestLog(job.opts.log)
	}
	server := &serve.Server{Handler: serve.NewHandler(o, &job.metrics)}
	if job.secrets.cert != "" {
		server.Certificate = job.secrets.current.certificate
	}
	defer r.onHangup(&job.secrets)()
	if job.url != "" {
		address = job.url
	}
	result := r.served(job, live, address)
	result.AddRepositories(serve.Repositories(o.Homes))
	if err := r.out.Print(result); err != nil {
		return errors.Join(err, closeAll(list))
	}
	r.begin()
	serve.Notify(r.sys.lookupEnv, "READY=1")
	err := server.Serve(ctx, list)
	serve.Notify(r.sys.lookupEnv, "STOPPING=1")
	return err
}

func closeAll(list []net.Listener) (err error) {
	for _, l := range list {
		err = errors.Join(err, l.Close())
	}
	return err
}

// served is where the registries are, and how cargo uses them.
func (r *run) served(job *serveJob, held serve.Held, address string) *ui.Served {
	v := &ui.Served{URL: address}
	list := held.Registries()
	for _, reg := range list {
		v.Add(reg, registry.Record{URL: address}.IndexURL(reg.Name))
	}
	c := serve.Configure(list, &job.held.Names, address, job.opts.tokenFile != "")
	for _, name := range c.Unknown {
		r.noteUnknown(name)
	}
	for _, name := range c.Hidden {
		r.out.Note("there is no configuration for " + name + ", as its URL holds a secret: replace the source yourself, by the URL that is served")
	}
	v.Config = ui.TOML(c.Text)
	return v
}

// noteUnknown says why there is no configuration for a registry.
func (r *run) noteUnknown(name string) {
	r.out.Note(fmt.Sprintf("which registry %s is of is not known, so no configuration makes cargo use it: a lockfile that names it, or [registries] of cargo's configuration, tells", name))
}
