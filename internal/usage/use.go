package usage

import "cargohome/internal/lastuse"

var tables = map[Kind]lastuse.Table{
	Source: lastuse.Sources, Checkout: lastuse.Checkouts, Archive: lastuse.Archives, Index: lastuse.Indexes, Database: lastuse.Databases,
}

// use is the row of an item in Cargo's database. An entry of an index has none of its
// own.
func (i *Item) use() lastuse.Key {
	k := lastuse.Key{Table: tables[i.Kind], Folder: i.Folder, Name: i.Name}
	if i.Kind == Index {
		k.Name = ""
	}
	return k
}
