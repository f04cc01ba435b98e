package blob

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	pageKeys   = 1000 // that a page of a list may have
	emptyPages = 1000 // that may come after another, of objects that are not ours or deleted
)

// page is a part of a list (S3 API: ListObjectsV2).
type page struct {
	XMLName   xml.Name `xml:"ListBucketResult"`
	Encoding  string   `xml:"EncodingType"` // "url": keys are escaped, as XML has no name for all bytes
	Truncated bool     `xml:"IsTruncated"`
	Next      string   `xml:"NextContinuationToken"`
	Found     found    `xml:"Contents"`
}

// found are the objects of a page.
type found []struct {
	Key          string
	Size         int64
	ETag         string
	LastModified time.Time
}

// UnmarshalXML reads one more.
func (f *found) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	if len(*f) == pageKeys {
		return fmt.Errorf("there are more than the %d that were asked for", pageKeys)
	}
	*f = append(*f, (make(found, 1))...)
	return d.DecodeElement(&(*f)[len(*f)-1], &start)
}

func (b *bucket) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		last, empty := "", 0
		for p, err := range b.pages(ctx, b.prefix+prefix) {
			infos, err := b.infos(p, prefix, last, err)
			if empty++; len(infos) > 0 {
				last, empty = infos[len(infos)-1].Name, 0
			}
			if err == nil && empty > emptyPages {
				err = errors.New("the list of the store does not end")
			}
			for _, info := range infos {
				if !yield(info, nil) {
					return
				}
			}
			if err != nil {
				yield(Info{}, b.error(ctx, "", err, errConflict))
				return
			}
		}
	}
}

// infos are the objects of a page that are ours, in order, after the last of the page before:
// so no list goes round in circles.
func (b *bucket) infos(p *page, prefix, last string, err error) (infos []Info, _ error) {
	if err != nil {
		return nil, err
	}
	for _, o := range p.Found {
		key := o.Key
		if p.Encoding == "url" {
			if key, err = url.QueryUnescape(key); err != nil {
				return infos, errors.New("the list of the store has a key that is not escaped as it says")
			}
		}
		name, ours := strings.CutPrefix(key, b.prefix)
		if !ours || !isName(name) || !strings.HasPrefix(name, prefix) {
			continue
		}
		if name <= last || o.Size < 0 {
			return infos, fmt.Errorf("the list of the store is not in order at %q", name)
		}
		last = name
		infos = append(infos, Info{name, o.Size, strings.Trim(o.ETag, `"`), o.LastModified})
	}
	return infos, nil
}

// pages yields the pages of a list. An error is the last.
func (b *bucket) pages(ctx context.Context, prefix string) iter.Seq2[*page, error] {
	return func(yield func(*page, error) bool) {
		query := url.Values{"list-type": {"2"}, "encoding-type": {"url"}, "max-keys": {strconv.Itoa(pageKeys)}, "prefix": {prefix}}
		for more := true; more; {
			p, err := b.page(ctx, query)
			if err == nil && p.Truncated && (p.Next == "" || p.Next == query.Get("continuation-token")) {
				err = errors.New("the list of the store does not say how it goes on")
			}
			more = yield(p, err) && err == nil && p.Truncated
			if more {
				query.Set("continuation-token", p.Next)
			}
		}
	}
}

func (b *bucket) page(ctx context.Context, query url.Values) (*page, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errStalled)
	defer cancel()
	c := &call{method: http.MethodGet, query: query}
	if _, err := b.send(ctx, c); err != nil {
		return nil, err
	}
	p := &page{}
	if err := xml.Unmarshal(c.text, p); err != nil {
		return nil, fmt.Errorf("the list of the store cannot be read: %.300q", err.Error())
	}
	return p, nil
}
