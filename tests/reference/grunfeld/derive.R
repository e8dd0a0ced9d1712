# R 4.2.2, plm 2.6-2, fixest 0.12.2
library(plm); library(fixest)
data(Grunfeld, package = "plm")
for (f in c("inv ~ value + capital | firm + year", "inv ~ value + capital | firm")) {
  m <- feols(as.formula(f), Grunfeld)
  print(coef(m), digits = 15)
  print(se(vcov(m, ~firm)), digits = 15)
  print(r2(m, "wr2"), digits = 15)
}
