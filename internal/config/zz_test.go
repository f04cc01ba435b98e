package config
import ("testing";"strings";"time";"fmt";"runtime")
func TestZZ(t *testing.T){
 fill:=func(f func(i int) string) string { var b strings.Builder; for i:=0; b.Len()<maxFileSize-2000; i++ { b.WriteString(f(i)) }; return b.String() }
 p79:=strings.Repeat("a.",70)
 cases:=map[string]string{
 "keys":fill(func(i int)string{return fmt.Sprintf("k%d=1\n",i)}),
 "esckeys":fill(func(i int)string{return fmt.Sprintf("\"\\u0041%d\"=1\n",i)}),
 "tables":fill(func(i int)string{return fmt.Sprintf("[t%d]\n",i)}),
 "srctables":fill(func(i int)string{return fmt.Sprintf("[source.t%d]\nregistry='https://h/%d'\nf=1\n",i,i)}),
 "srctables2":fill(func(i int)string{return fmt.Sprintf("[source.t%d]\nx%d=1\n",i,i)}),
 "arrtab":fill(func(i int)string{return "[[a]]\n"}),
 "deepkeys":fill(func(i int)string{return fmt.Sprintf("%sb%d=1\n",p79,i)}),
 "deephdr":fill(func(i int)string{return fmt.Sprintf("[%sb%d]\n",p79,i)}),
 "deephdr1":"["+p79+"b]\n"+fill(func(i int)string{return fmt.Sprintf("b%d=1\n",i)}),
 "arr":"a=["+fill(func(i int)string{return "1,"})+"]",
 "arrarr":"a=["+fill(func(i int)string{return "[],"})+"]",
 "inl":"a={"+fill(func(i int)string{return fmt.Sprintf("b%d={},",i)})+"c=1}",
 "deepinl":"a={"+fill(func(i int)string{return fmt.Sprintf("%sb%d=1,",p79,i)})+"c=1}",
 "nl":fill(func(i int)string{return "\n"}),
 "mlq":"a='''"+fill(func(i int)string{return "''"})+"'''",
 "quote":"a="+fill(func(i int)string{return "\""}),
 "cmt":"a=["+fill(func(i int)string{return "#\n"})+"]",
 "replaces":fill(func(i int)string{return fmt.Sprintf("[source.t%d]\ndirectory='%d'\nreplace-with='t%d'\n",i,i,i+1)}),
 }
 for n,s:=range cases{
  var m0,m1 runtime.MemStats; runtime.ReadMemStats(&m0)
  a:=time.Now(); v,err:=parseTOML([]byte(s),origin{}); d1:=time.Since(a)
  runtime.ReadMemStats(&m1)
  a=time.Now(); _,_,e2:=Edit([]byte(s),wanted(t,"vendor",inGit,gitDep)); d2:=time.Since(a)
  var d3 time.Duration; var e3 error
  if err==nil{ a=time.Now(); c:=&Config{"/p",newEnvironment(nil),v,nil,map[string]bool{}}; _,e3=c.Sources(true); d3=time.Since(a)}
  es:=fmt.Sprint(err); if len(es)>80{es=es[:80]}
  es2:=fmt.Sprint(e2,"|",e3); if len(es2)>160{es2=es2[:160]}
  t.Log(n,len(s),"parse",d1.Round(time.Millisecond),(m1.TotalAlloc-m0.TotalAlloc)>>20,"MiB edit",d2.Round(time.Millisecond),"src",d3.Round(time.Millisecond),es,"/",es2)
 }
}
