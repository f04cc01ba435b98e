package blob

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// awsRegion signs while no region is known. Others than AWS take it for theirs, or do not look.
const awsRegion = "us-east-1"

// server is what is asked.
type server struct {
	scheme string
	host   string // with a port, if it is not that of the scheme; "" for AWS, which has one for each region
}

// connection finds out where S3 is. The region is "" if AWS is to tell.
func connection(environment func(name string) string) (s server, region string, err error) {
	first := func(names ...string) string {
		for _, name := range names {
			if value := environment(name); value != "" {
				return value
			}
		}
		return ""
	}
	region = first("AWS_REGION", "AWS_DEFAULT_REGION")
	if region != "" && !isRegion(region) {
		return s, "", errors.New("AWS_REGION is to be the name of a region, such as " + awsRegion)
	}
	text := first("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
	if text == "" {
		return server{scheme: "https"}, region, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Path != "" && u.Path != "/" {
		return s, "", errors.New("AWS_ENDPOINT_URL is to be a URL of the form https://HOST[:PORT]")
	}
	if region == "" {
		region = awsRegion
	}
	return server{u.Scheme, u.Host}, region, nil
}

// in is the host of a server in a region.
func (s server) in(region string) string {
	switch {
	case s.host != "":
		return s.host
	case region == "":
		return "s3.amazonaws.com"
	case strings.HasPrefix(region, "cn-"):
		return "s3.dualstack." + region + ".amazonaws.com.cn"
	}
	return "s3.dualstack." + region + ".amazonaws.com"
}

// hosted are domains of those that want to be asked at hosts of buckets.
var hosted = [...]string{"amazonaws.com", "amazonaws.com.cn", "storage.googleapis.com", "aliyuncs.com"}

// virtual reports whether a bucket is asked at a host of its own, and is not named in the
// path: a certificate is of one label, so the name of the bucket has to be one.
func (s server) virtual(bucket string) bool {
	if s.host == "" {
		return isLabel(bucket)
	}
	name := (&url.URL{Host: s.host}).Hostname()
	for _, domain := range hosted {
		if name == domain || strings.HasSuffix(name, "."+domain) {
			return isLabel(bucket)
		}
	}
	return false
}

const (
	lower  = "abcdefghijklmnopqrstuvwxyz0123456789"
	letter = lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// made reports whether a text is made of characters.
func made(s, of string) bool { return s != "" && strings.Trim(s, of) == "" }

func isLabel(s string) bool  { return made(s, lower+"-") && s[0] != '-' && s[len(s)-1] != '-' }
func isRegion(s string) bool { return len(s) <= 64 && made(s, letter+"-") }

// isBucket reports whether a bucket can have a name: those of before 2018 as well, which can
// have capitals and '_'.
func isBucket(s string) bool {
	return len(s) >= 3 && len(s) <= 255 && made(s, letter+"-._") && made(s[:1], letter) && !strings.Contains(s, "..")
}

// newTransport makes connections, of which many are kept.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    64,
		IdleConnTimeout:        time.Minute,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  patience,
		MaxResponseHeaderBytes: maxRefusal,
		DisableCompression:     true, // bytes are as they are stored
	}
}
